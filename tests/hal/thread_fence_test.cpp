// fence_all_threads(): two threads write one word each and read the other's. One of them has no fence of its
// own, so that a processor may hand it the old value; then the other one sees its write.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "hal/system/thread_fence.h"

namespace refwave::hal {
namespace {

constexpr int kRounds = 5'000;

class Rounds {
 public:
  /// Effects: returns when both threads have come to this round.
  void meet(int round) {
    if (arrived_.fetch_add(1) == 2 * round - 1) {
      round_.store(round);
    } else {
      while (round_.load() < round) std::this_thread::yield();
    }
  }

 private:
  std::atomic<int> arrived_{0};
  std::atomic<int> round_{0};
};

TEST(ThreadFence, Serves_a_thread_that_has_none_of_its_own) {
  if (!fence_all_threads()) GTEST_SKIP() << "this kernel has no membarrier(2)";
  Rounds rounds;
  alignas(64) std::atomic<int> rare{0};
  alignas(64) std::atomic<int> frequent{0};
  int seen_by_rare = 0;
  int seen_by_frequent = 0;
  std::thread other([&] {
    for (int i = 1; i <= kRounds; ++i) {
      rounds.meet(2 * i - 1);
      frequent.store(i, std::memory_order_relaxed);
      std::atomic_signal_fence(std::memory_order_seq_cst);  // the compiler keeps the order
      seen_by_frequent = rare.load(std::memory_order_relaxed);
      rounds.meet(2 * i);
    }
  });
  int lost = 0;
  for (int i = 1; i <= kRounds; ++i) {
    rounds.meet(2 * i - 1);
    rare.store(i, std::memory_order_relaxed);
    fence_all_threads();
    seen_by_rare = frequent.load(std::memory_order_relaxed);
    rounds.meet(2 * i);
    // The other one writes again only after the next meeting.
    if (seen_by_rare != i && seen_by_frequent != i) ++lost;
  }
  other.join();
  EXPECT_EQ(lost, 0);
}

}  // namespace
}  // namespace refwave::hal
