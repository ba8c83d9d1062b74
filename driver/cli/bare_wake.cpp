#include "driver/cli/bare_wake.h"

#include <algorithm>
#include <cmath>

namespace refwave::cli {
namespace {

std::int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

}  // namespace

BareWake::BareWake(std::chrono::nanoseconds interval) {
  sleeper_ = std::thread([this] { take_times(); });
  waker_ = std::thread([this, interval] { signal_steadily(interval); });
}

BareWake::~BareWake() { finish(); }

std::vector<std::uint64_t> BareWake::finish() {
  if (waker_.joinable()) {
    is_over_ = true;
    waker_.join();
    sleeper_.join();
    std::ranges::sort(latencies_ns_);
  }
  return latencies_ns_;
}

void BareWake::signal_steadily(std::chrono::nanoseconds interval) {
  auto next = std::chrono::steady_clock::now();
  bool is_last = false;
  while (!is_last) {
    next += interval;
    std::this_thread::sleep_until(next);
    is_last = is_over_;
    signalled_ns_ = now_ns();
    semaphore_.signal();
  }
}

void BareWake::take_times() {
  while (!is_over_) {
    semaphore_.wait();
    latencies_ns_.push_back(static_cast<std::uint64_t>(now_ns() - signalled_ns_));
  }
}

std::uint64_t percentile(const std::vector<std::uint64_t>& sorted, double rank) {
  if (sorted.empty()) return 0;
  const auto index = static_cast<std::size_t>(std::ceil(rank * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(index, 1, sorted.size()) - 1];
}

}  // namespace refwave::cli
