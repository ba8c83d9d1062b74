#include "bench/benchmarks/common/futex_wake.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

#include "bench/benchmarks/common/samples.h"
#include "hal/system/threads.h"

namespace refwave::bench {
namespace {

constexpr std::chrono::microseconds kSpin{200};  // before a wake-up of a thread that spins

void futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) noexcept {
  syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
}

/// Effects: sleeps until another thread has changed the word. Acquire: pairs with its release.
void sleep_while(std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept {
  while (word.load(std::memory_order_acquire) == value) futex(word, FUTEX_WAIT_PRIVATE, value);
}

/// Effects: changes the word, and wakes who sleeps.
void advance(std::atomic<std::uint32_t>& word) noexcept {
  word.fetch_add(1, std::memory_order_release);  // pairs with the waiting thread's acquire
  futex(word, FUTEX_WAKE_PRIVATE, INT_MAX);
}

}  // namespace

FutexWake::FutexWake(int core, Priority priority, Waiting waiting)
    : waiting_(waiting), thread_([this, core, priority] { wait_and_stamp(core, priority); }) {
  while (ready_.load(std::memory_order_acquire) == 0) std::this_thread::yield();  // pairs with its release
}

FutexWake::~FutexWake() {
  stop_.store(true, std::memory_order_relaxed);
  advance(word_);
  advance(called_);
  thread_.join();
}

void FutexWake::wait_and_stamp(int core, Priority priority) noexcept {
  pin_to(core);
  granted_ = set_priority(priority);
  for (std::uint32_t wakes = 0;; ++wakes) {
    ready_.store(wakes + 1, std::memory_order_release);  // pairs with wake()
    if (waiting_ == Waiting::asleep) {
      sleep_while(word_, wakes);
    } else {
      sleep_while(called_, wakes);
      while (word_.load(std::memory_order_acquire) == wakes) hal::relax();  // pairs with wake()
    }
    woken_ns_ = now_ns();
    woken_.store(wakes + 1, std::memory_order_release);  // pairs with wake(): it sees the stamp
    if (stop_.load(std::memory_order_relaxed)) return;
  }
}

Wake FutexWake::wake(std::chrono::nanoseconds rest) {
  const std::uint32_t wakes = word_.load(std::memory_order_relaxed);  // only this thread stores it
  while (ready_.load(std::memory_order_acquire) != wakes + 1) std::this_thread::yield();
  if (waiting_ == Waiting::spinning) {
    std::this_thread::sleep_for(rest - kSpin);
    advance(called_);
    std::this_thread::sleep_for(kSpin);
  } else {
    std::this_thread::sleep_for(rest);
  }
  const std::int64_t before_ns = now_ns();
  if (waiting_ == Waiting::asleep)
    advance(word_);
  else
    word_.fetch_add(1, std::memory_order_release);  // pairs with the spinning thread's acquire
  const std::int64_t after_ns = now_ns();
  while (woken_.load(std::memory_order_acquire) != wakes + 1) {  // pairs with its release
  }
  return {.latency_ns = woken_ns_ - before_ns, .waker_ns = after_ns - before_ns};
}

}  // namespace refwave::bench
