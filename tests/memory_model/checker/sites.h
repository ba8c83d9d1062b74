// The places in the code that do atomic operations: which there are, on which lines of source, how one of
// them is made weaker than it is written, and the steps of one execution.
#pragma once

#include <cstddef>
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

/// Effects: keeps a step, if steps are kept. `age`: how many stores are newer than the one read, or come
/// after the one made.
void note(const char* what, const Operation& operation, std::uint64_t value, std::size_t age);
/// Effects: forgets the steps so far; from now on steps are kept, or not.
void keep_steps(bool keep);
/// Returns: the newest `most` steps in order, one a line.
std::string newest_steps(std::size_t most);

}  // namespace refwave::memory_model
