#include "bench/common/spin_wake.h"

#include "bench/common/samples.h"

namespace refwave::bench {

SpinWake::SpinWake(int core) : thread_([this, core] { spin_and_stamp(core); }) {}

SpinWake::~SpinWake() {
  begin();
  stop_.store(true, std::memory_order_relaxed);
  wake();
  thread_.join();
}

void SpinWake::spin_and_stamp(int core) noexcept {
  pin_to(core);
  for (std::uint32_t turn = 0; !stop_.load(std::memory_order_relaxed); ++turn) {
    attend_.wait(turn, std::memory_order_acquire);  // pairs with begin()
    spinning_.store(turn + 1, std::memory_order_release);
    while (ball_.load(std::memory_order_acquire) == turn) {  // pairs with wake()
    }
    seen_ns_ = now_ns();
    seen_.store(turn + 1, std::memory_order_release);  // pairs with finish(): it sees the stamp
  }
}

void SpinWake::begin() {
  const std::uint32_t turn = attend_.fetch_add(1, std::memory_order_release) + 1;
  attend_.notify_one();
  while (spinning_.load(std::memory_order_acquire) != turn) {
  }
}

void SpinWake::wake() noexcept {
  before_ns_ = now_ns();
  ball_.fetch_add(1, std::memory_order_release);  // pairs with the spinner's acquire
  after_ns_ = now_ns();
}

Wake SpinWake::finish() const noexcept {
  const std::uint32_t wakes = ball_.load(std::memory_order_relaxed);
  while (seen_.load(std::memory_order_acquire) != wakes) {  // pairs with the spinner's release
  }
  return {.latency_ns = seen_ns_ - before_ns_, .waker_ns = after_ns_ - before_ns_};
}

}  // namespace refwave::bench
