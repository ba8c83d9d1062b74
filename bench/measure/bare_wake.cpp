#include "bench/measure/bare_wake.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "bench/measure/surroundings.h"
#include "hal/system/clock.h"
#include "inf/cli/wave_client/block_queue.h"

namespace refwave::measure {

BareWake::BareWake(std::chrono::nanoseconds interval, Phase phase, std::function<void()> at_start) {
  wakes_.reserve(kKept);
  sleeper_ = std::thread([this, at_start = std::move(at_start)] {
    if (at_start) at_start();
    take_times();
  });
  waker_ = std::thread([this, interval, phase] { signal_steadily(interval, phase); });
}

BareWake::~BareWake() { finish(); }

std::vector<BareWake::Wake> BareWake::take() {
  std::vector<Wake> fresh;
  fresh.reserve(kKept);
  const hal::MutexLock lock(mutex_);
  std::swap(fresh, wakes_);
  return fresh;
}

void BareWake::take(Series& series, std::int64_t began_ns) {
  for (const Wake& wake : take()) {
    series.add(
        {wake.signalled_ns - began_ns, static_cast<std::uint64_t>(wake.running_ns - wake.signalled_ns), 0});
  }
}

void BareWake::finish() {
  if (!waker_.joinable()) return;
  is_over_ = true;
  waker_.join();
  sleeper_.join();
}

void BareWake::signal_steadily(std::chrono::nanoseconds interval, Phase phase) {
  // The multiples of the golden ratio leave no gap among their fractions.
  constexpr double kGolden = 0.6180339887498949;
  become_realtime();
  auto next = std::chrono::steady_clock::now();
  double place = 0;
  for (std::size_t i = 0; !is_over_; ++i) {
    next += interval;
    if (phase == Phase::spread) place = std::fmod(place + kGolden, 1.0);
    sleep_until(next + std::chrono::nanoseconds(std::llround(static_cast<double>(interval.count()) * place)));
    const std::int64_t before_ns = hal::monotonic_now_ns();
    signalled_ns_[i % kKept] = before_ns;
    semaphore_.signal();
    costs_ns_[i % kKept] = hal::monotonic_now_ns() - before_ns;
  }
  semaphore_.signal();  // so that the sleeper sees is_over_
}

void BareWake::sleep_until(std::chrono::steady_clock::time_point time) const {
  constexpr auto kNap = std::chrono::milliseconds(50);
  for (auto now = std::chrono::steady_clock::now(); now < time && !is_over_;
       now = std::chrono::steady_clock::now())
    std::this_thread::sleep_until(std::min(time, now + kNap));
}

void BareWake::take_times() {
  for (std::size_t i = 0;; ++i) {
    semaphore_.wait();
    const std::int64_t running_ns = hal::monotonic_now_ns();
    if (is_over_) return;
    const hal::MutexLock lock(mutex_);
    // The signal itself may not have returned yet.
    wakes_.push_back({signalled_ns_[i % kKept], running_ns, i == 0 ? 0 : costs_ns_[(i - 1) % kKept].load()});
  }
}

}  // namespace refwave::measure
