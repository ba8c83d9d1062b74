// Whether an Ogg file (RFC 3533) was cut: its last page says that it is the last. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace refwave::cli {

inline constexpr std::string_view kOggMark = "OggS";                  // with which each page begins
inline constexpr std::size_t kLastOggPages = std::size_t{128} << 10;  // a page has 65307 bytes at most

/// Returns: whether a file that ends with `tail` (kLastOggPages, or all of it) lacks its last page.
bool lacks_last_page(std::string_view tail);

}  // namespace refwave::cli
