// fence_all_threads(): two threads each write a word and read the other's. One of them has no fence of its
// own, and may read an old value; then the other sees its write. If the threads seldom run at the same time,
// a missing fence is not noticed; tests/memory_model checks the driver's use of it.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "hal/system/threads.h"

namespace refwave::hal {
namespace {

constexpr int kRounds = 5'000;
constexpr std::chrono::seconds kLongest{2};

/// Where two threads wait for each other, again and again. std::barrier of MinGW's g++ 12 sometimes hangs in
/// Wine.
class Meeting {
 public:
  void meet() {
    const int all = arrived_.fetch_add(1) / 2 * 2 + 2;
    while (arrived_.load() < all) std::this_thread::yield();
  }

 private:
  std::atomic<int> arrived_{0};
};

TEST(ThreadFence, Serves_a_thread_that_has_none_of_its_own) {
  Meeting both;
  std::atomic<bool> is_over{false};
  alignas(64) std::atomic<int> rare{0};
  alignas(64) std::atomic<int> frequent{0};
  int seen_by_rare = 0;
  int seen_by_frequent = 0;
  std::thread other([&] {
    for (int i = 1;; ++i) {
      both.meet();
      if (is_over) return;
      frequent.store(i, std::memory_order_relaxed);
      std::atomic_signal_fence(std::memory_order_seq_cst);  // the compiler keeps the order
      seen_by_frequent = rare.load(std::memory_order_relaxed);
      both.meet();
    }
  });
  int lost = 0;
  const auto end = std::chrono::steady_clock::now() + kLongest;
  for (int i = 1;; ++i) {
    is_over = i > kRounds || std::chrono::steady_clock::now() > end;
    both.meet();
    if (is_over) break;
    rare.store(i, std::memory_order_relaxed);
    fence_all_threads();
    seen_by_rare = frequent.load(std::memory_order_relaxed);
    both.meet();
    // The other one writes again only after the next meeting.
    if (seen_by_rare != i && seen_by_frequent != i) ++lost;
  }
  other.join();
  EXPECT_EQ(lost, 0);
}

}  // namespace
}  // namespace refwave::hal
