#include "bench/loopback/pace.h"

#include <algorithm>
#include <iterator>

namespace refwave::loopback {
namespace {

constexpr double kReachSeconds = 0.25;
constexpr double kLongestPauseNs = 50e6;  // a device may report several blocks at a time

}  // namespace

Pace::Pace(const std::vector<std::int64_t>& times_ns, std::uint32_t block_frames, std::uint32_t rate)
    : times_ns_(times_ns),
      block_frames_(block_frames),
      ns_per_frame_(1e9 / rate),
      reach_(std::max<std::size_t>(4, static_cast<std::size_t>(kReachSeconds * rate / block_frames))) {
  // The median time of `span` blocks, in which interruptions and late reports do not count.
  const std::size_t span = std::min<std::size_t>(50, times_ns.size() / 2);
  if (span == 0) return;
  std::vector<std::int64_t> spans;
  for (std::size_t i = span; i < times_ns.size(); ++i) spans.push_back(times_ns[i] - times_ns[i - span]);
  const auto middle = spans.begin() + std::ssize(spans) / 2;
  std::ranges::nth_element(spans, middle);
  ns_per_frame_ = static_cast<double>(*middle) / (static_cast<double>(span) * block_frames_);
}

/// Returns: the time of frame 0 on the line under the reports around `block`, up to the nearest
/// interruptions.
double Pace::earliest(std::size_t block) const {
  const auto zero = [&](std::size_t i) {
    return static_cast<double>(times_ns_[i] - times_ns_[0]) -
           static_cast<double>(i + 1) * block_frames_ * ns_per_frame_;
  };
  double least = zero(block);
  for (std::size_t i = block; i > 0 && block - i < reach_ && !is_interrupted(i); --i)
    least = std::min(least, zero(i - 1));
  for (std::size_t i = block + 1; i < times_ns_.size() && i - block <= reach_ && !is_interrupted(i); ++i)
    least = std::min(least, zero(i));
  return least;
}

/// Returns: whether the stream stood still before the report of that block.
bool Pace::is_interrupted(std::size_t block) const {
  const double gap_ns = static_cast<double>(times_ns_[block] - times_ns_[block - 1]);
  return gap_ns > 3 * block_frames_ * ns_per_frame_ + kLongestPauseNs;
}

double Pace::time_of(double frames) const {
  const double block = std::clamp(frames / block_frames_ - 1, 0.0, static_cast<double>(times_ns_.size() - 1));
  return static_cast<double>(times_ns_[0]) + earliest(static_cast<std::size_t>(block)) +
         frames * ns_per_frame_;
}

double Pace::frames_at(double time_ns) const {
  const auto after = std::ranges::upper_bound(times_ns_, static_cast<std::int64_t>(time_ns));
  const auto block = static_cast<std::size_t>(after - times_ns_.begin());
  const double zero = earliest(std::min(block, times_ns_.size() - 1));
  return (time_ns - static_cast<double>(times_ns_[0]) - zero) / ns_per_frame_;
}

}  // namespace refwave::loopback
