// The table of handles: objects are kept while they are used, and cells are reused. ThreadSanitizer checks
// its orders.
#include "inf/host/handle_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace refwave::host::test {
namespace {

using Handle = struct HandleTag*;

/// Counts the live objects; its value is overwritten at its end.
class Counted {
 public:
  explicit Counted(std::atomic<int>& alive, int value = 7) : value(value), alive_(alive) { ++alive_; }
  ~Counted() {
    value = -1;
    --alive_;
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

  int value;

 private:
  std::atomic<int>& alive_;
};

/// Effects: adds an object and removes it. Returns: false if both cells are in use.
bool takes_a_cell(HandleTable<Handle, Counted, 2>& table, std::atomic<int>& alive) {
  try {
    return table.remove(table.add(std::make_unique<Counted>(alive)).handle());
  } catch (const std::bad_alloc&) {
    return false;
  }
}

TEST(HandleTable, Threads_use_an_object_while_others_remove_it_and_take_its_cell) {
  std::atomic<int> alive = 0;
  HandleTable<Handle, Counted, 2> table;
  for (int round = 0; round < 2'000; ++round) {
    const Handle handle = table.add(std::make_unique<Counted>(alive, round)).handle();
    std::atomic<int> removed = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        while (const auto use = table.find(handle)) EXPECT_EQ(use->value, round);
        const auto stale = table.find(handle);
        EXPECT_FALSE(stale);
      });
      threads.emplace_back([&] {
        if (table.remove(handle)) ++removed;
        while (!takes_a_cell(table, alive)) std::this_thread::yield();
      });
    }
    threads.clear();
    ASSERT_EQ(removed, 1);
    ASSERT_EQ(alive, 0);
  }
}

}  // namespace
}  // namespace refwave::host::test
