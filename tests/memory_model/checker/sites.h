// The places in the code that do atomic operations: which there are, on which lines of source, and how one of
// them is made weaker than it is written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/memory_model/checker/memory.h"

namespace refwave::memory_model {

enum class Doing : std::uint8_t { load, store, change, compare_exchange, fence };

struct Site {
  Address caller = 0;
  Doing doing = Doing::load;
  Order order = Order::seq_cst;
  Order failure = Order::relaxed;  // of a compare-exchange
  std::string source;              // file and line
};

const char* name_of(Order order) noexcept;
const char* name_of(Doing doing) noexcept;

/// Returns: a mark for an address of code, which with_sources() replaces by a file and a line.
std::string source_mark(Address caller);
std::string with_sources(const std::string& text);

void collect_sites(bool collect);
/// Returns: the sites reached while they were collected, with their lines. Effects: forgets them.
std::vector<Site> take_sites();

struct Weakening {
  std::vector<Address> callers;
  Order order = Order::relaxed;
  Order failure = Order::relaxed;
};
/// Effects: from now on these operations have these orders. Empty: none.
void weaken(Weakening weakening);

/// Effects: remembers the site, and gives the operation the order that it has by now. The hooks call it.
void visit(Operation& operation, Doing doing);

}  // namespace refwave::memory_model
