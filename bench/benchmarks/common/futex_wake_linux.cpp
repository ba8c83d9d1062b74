#include "bench/benchmarks/common/futex_wake.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

#include "bench/benchmarks/common/samples.h"

namespace refwave::bench {
namespace {

void futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) noexcept {
  syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
}

}  // namespace

FutexWake::FutexWake(int core, Priority priority, std::chrono::nanoseconds rest)
    : rest_(rest), thread_([this, core, priority] { sleep_and_stamp(core, priority); }) {
  while (asleep_.load(std::memory_order_acquire) == 0) std::this_thread::yield();  // pairs with the sleeper's
}

FutexWake::~FutexWake() {
  stop_.store(true, std::memory_order_relaxed);
  word_.fetch_add(1, std::memory_order_release);  // pairs with the sleeper's acquire: it sees stop_
  futex(word_, FUTEX_WAKE_PRIVATE, INT_MAX);
  thread_.join();
}

void FutexWake::sleep_and_stamp(int core, Priority priority) noexcept {
  pin_to(core);
  granted_ = set_priority(priority);
  for (std::uint32_t wakes = 0;; ++wakes) {
    asleep_.store(wakes + 1, std::memory_order_release);  // pairs with begin()
    while (word_.load(std::memory_order_acquire) == wakes) futex(word_, FUTEX_WAIT_PRIVATE, wakes);
    woken_ns_ = now_ns();
    woken_.store(wakes + 1, std::memory_order_release);  // pairs with finish(): it sees the stamp
    if (stop_.load(std::memory_order_relaxed)) return;
  }
}

void FutexWake::begin() {
  const std::uint32_t wakes = word_.load(std::memory_order_relaxed);  // only this thread stores it
  while (asleep_.load(std::memory_order_acquire) != wakes + 1) std::this_thread::yield();
  std::this_thread::sleep_for(rest_);
}

void FutexWake::wake() noexcept {
  before_ns_ = now_ns();
  word_.fetch_add(1, std::memory_order_release);  // pairs with the sleeper's acquire
  futex(word_, FUTEX_WAKE_PRIVATE, 1);
  after_ns_ = now_ns();
}

Wake FutexWake::finish() const noexcept {
  const std::uint32_t wakes = word_.load(std::memory_order_relaxed);
  while (woken_.load(std::memory_order_acquire) != wakes) {  // pairs with the sleeper's release
  }
  return {.latency_ns = woken_ns_ - before_ns_, .waker_ns = after_ns_ - before_ns_};
}

}  // namespace refwave::bench
