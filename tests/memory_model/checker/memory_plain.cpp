// Plain accesses: races, and uses after free.
#include <algorithm>
#include <string>

#include "tests/memory_model/checker/execution.h"
#include "tests/memory_model/checker/memory.h"
#include "tests/memory_model/checker/sites.h"

namespace refwave::memory_model {
namespace {

std::string words_for(bool writes, bool is_atomic) {
  return std::string(is_atomic ? "an atomic " : "a plain ") + (writes ? "write " : "read ");
}

}  // namespace

void Memory::report_race(const Use& first, const Use& second) {
  std::string text = "race: " + words_for(second.writes, second.is_atomic) + source_mark(second.caller) +
                     " is not ordered after thread " + execution().thread(first.thread).name + "'s " +
                     words_for(first.writes, first.is_atomic) + source_mark(first.caller);
  execution().fail(std::move(text));
}

void Memory::use(Address key, const Use& use) {
  Cell& cell = cells_[key];
  const Clock& now = execution().self().now;
  if ((cell.freed & use.bytes) != 0)
    execution().fail("use after free: " + words_for(use.writes, use.is_atomic) + source_mark(use.caller));
  const auto races = [&](const Use& before) {
    return (before.bytes & use.bytes) != 0 && (before.writes || use.writes) &&
           !(before.is_atomic && use.is_atomic) && !now.knows(before.thread, before.epoch);
  };
  const auto is_covered = [&](const Use& before) {
    return (before.bytes & ~use.bytes) == 0 && (use.writes || !before.writes) &&
           (!use.is_atomic || before.is_atomic) && now.knows(before.thread, before.epoch);
  };
  std::size_t kept = 0;
  for (const Use& before : cell.uses) {
    if (races(before)) report_race(before, use);
    if (!is_covered(before)) cell.uses[kept++] = before;
  }
  cell.uses.resize(kept);
  cell.uses.push_back(use);
}

/// Effects: locations among these bytes lose their stores, because a plain write has made new objects of
/// them.
void Memory::forget_atomics(Address key, Cell& cell, std::uint8_t bytes) {
  for (unsigned offset = 0; offset < 8; ++offset) {
    if ((cell.atomics & bytes & (1U << offset)) != 0) locations_[(key << 3U) + offset].stores.clear();
  }
  cell.atomics = static_cast<std::uint8_t>(cell.atomics & ~bytes);
}

void Memory::plain(Address at, std::size_t size, Access access, Address caller) {
  Execution& run = execution();
  // No thread has another one's stack, unless it was given an address; and then that thread's access counts.
  if (size == 0 || run.self().fiber.owns(at)) return;
  run.before_access(at);
  const bool writes = access == Access::write;
  for (Address key = at >> 3U; key <= (at + size - 1) >> 3U; ++key) {
    const Address begin = std::max(at, key << 3U);
    const Address end = std::min(at + size, (key + 1) << 3U);
    const auto bytes =
        static_cast<std::uint8_t>(((1U << (end - begin)) - 1U) << static_cast<unsigned>(begin & 7U));
    use(key, {.bytes = bytes,
              .thread = static_cast<std::uint8_t>(run.self_number()),
              .writes = writes,
              .epoch = run.self().now.at[run.self_number()],
              .caller = caller});
    Cell& cell = cells_[key];
    if (writes && cell.atomics != 0) forget_atomics(key, cell, bytes);
  }
}

void Memory::free(Address at, std::size_t size, Address caller) {
  plain(at, size, Access::write, caller);
  for (Address key = at >> 3U; size != 0 && key <= (at + size - 1) >> 3U; ++key) {
    const Address begin = std::max(at, key << 3U);
    const Address end = std::min(at + size, (key + 1) << 3U);
    Cell& cell = cells_[key];
    cell.freed = static_cast<std::uint8_t>(cell.freed | ((1U << (end - begin)) - 1U) << (begin & 7U));
  }
}

}  // namespace refwave::memory_model
