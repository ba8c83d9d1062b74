// Pages of client memory that do not arrive: memory whose reader or writer waits, in simulated time, or ends
// there. Each page is one header's, and is used again in a later run.
#pragma once

#include <cstddef>
#include <cstdint>

namespace refwave::simulation {

inline constexpr std::size_t kPageBytes = 4096;

/// The next page's memory, present; null if all are in use.
std::byte* take_page();
/// Effects: who touches the page from now on waits until it arrives, at `back_ns` at the latest.
void page_out(const std::byte* page, std::int64_t back_ns);
/// Effects: who waits for a page goes on. Without an argument: all pages arrive, and may be taken again.
void page_in(const std::byte* page);
void page_in_all();

/// While it lives, the thread that made it ends at a missing page, if `page_kills(true)` was said.
class Mortal {
 public:
  Mortal();
  ~Mortal();
  Mortal(const Mortal&) = delete;
  Mortal& operator=(const Mortal&) = delete;
};
void page_kills(bool kills);

}  // namespace refwave::simulation
