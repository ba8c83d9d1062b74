#include <time.h>

#include "bench/audio_callback/period.h"
#include "bench/common/machine.h"
#include "bench/common/samples.h"

namespace refwave::bench {

Periods::Periods(std::size_t streams, std::uint32_t period_frames)
    : streams_(streams, period_frames),
      period_ns_(std::int64_t{1'000'000'000} * period_frames / kDevice.rate),
      next_ns_(now_ns()),
      notifier_([this] { notify(); }) {}

Periods::~Periods() {
  stop_.store(true, std::memory_order_relaxed);
  streams_.waker().wake_one();
  notifier_.join();
}

void Periods::wait() noexcept {
  next_ns_ += period_ns_;
  timespec next{};
  next.tv_sec = next_ns_ / 1'000'000'000;
  next.tv_nsec = next_ns_ % 1'000'000'000;
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, nullptr);
}

void Periods::notify() {
  pin_to(cores().far);
  while (!stop_.load(std::memory_order_relaxed)) {
    streams_.waker().sleep_until_role();
    do {
      answered_.fetch_add(streams_.answer(), std::memory_order_relaxed);
      streams_.waker().give_up_role();
    } while (streams_.any_ready() && streams_.waker().take_role());
  }
}

}  // namespace refwave::bench
