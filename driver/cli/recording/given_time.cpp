#include "driver/cli/recording/given_time.h"

#include <algorithm>

namespace refwave::cli {

void GivenTime::note(std::uint64_t frames, Time time) {
  if (time < resumed_) return;
  const auto given =
      std::chrono::duration_cast<Span>(std::chrono::duration<double>(static_cast<double>(frames) / rate_));
  if (begun_ == Time{}) {
    begun_ = time;
    window_end_ = time + kWindow;
    usual_delay_ = -given;
  }
  looks_.push_back({time, time - begun_ - given});
  while (looks_.front().time + kWindow < time) looks_.pop_front();
  if (time < window_end_) return;
  window_end_ = time + kWindow;
  missing_ = missing_at(least_delay());
  usual_delay_ = least_delay();
}

void GivenTime::tick(Time now) {
  if (running_ != Time{} && now - running_ > kStopped) {
    was_stopped_ = true;
    resumed_ = running_ + kStopped;
    looks_.clear();
  }
  running_ = now;
}

double GivenTime::missing_seconds() const {
  return std::chrono::duration<double>(looks_.empty() ? missing_ : missing_at(least_delay())).count();
}

GivenTime::Span GivenTime::least_delay() const {
  return std::ranges::min_element(looks_, {}, &Look::delay)->delay;
}

/// Returns: what is missing, if that is the delay now. A device that was only late catches up again.
GivenTime::Span GivenTime::missing_at(Span delay) const {
  const Span more = delay - usual_delay_;
  return std::chrono::abs(more) <= tolerance_ ? missing_ : std::max(missing_ + more, Span::zero());
}

}  // namespace refwave::cli
