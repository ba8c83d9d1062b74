// The control thread's half: making it.
#include <algorithm>
#include <cmath>
#include <new>
#include <numbers>
#include <utility>

#include "dsp/speed/time_stretch.h"

namespace refwave::dsp {
namespace {

// A segment overlaps with the next one for 12 ms, and begins up to 8 ms before or after its time: a wave of
// 63 Hz and more fits into what is searched.
constexpr std::size_t kSegmentMs = 12;
constexpr std::size_t kSearchMs = 8;

// The coarse search looks at about so many points a second.
constexpr std::size_t kCoarseRate = 12'000;

std::size_t frames_in(std::size_t ms, std::uint32_t rate) noexcept {
  return std::max<std::size_t>(ms * rate / 1000, 8);
}

}  // namespace

std::unique_ptr<TimeStretch> TimeStretch::make(std::uint16_t channels, std::uint32_t rate) noexcept {
  std::unique_ptr<TimeStretch> made(new (std::nothrow) TimeStretch(channels, rate));
  return made && made->make_room() ? std::move(made) : nullptr;
}

TimeStretch::TimeStretch(std::uint16_t channels, std::uint32_t rate) noexcept
    : channels_(channels),
      segment_(frames_in(kSegmentMs, rate)),
      search_(frames_in(kSearchMs, rate)),
      thin_(std::max<std::size_t>(rate / kCoarseRate, 1)) {}

bool TimeStretch::make_room() noexcept {
  // Input frames that are taken before those that are left must move to the front.
  constexpr std::size_t kRoomFrames = 1024;
  // At a quarter of the pitch a segment begins four segments after the one before.
  capacity_ = 7 * segment_ + 4 * search_ + 2 * (kBefore + kAfter) + kRoomFrames;
  const std::size_t points = 2 * segment_ + 2 * search_;
  window_ = make_floats(segment_);
  coarse_ = make_floats((points / thin_ + 2) * channels_);
  pattern_ = make_floats(segment_ * channels_);
  slope_ = make_floats(segment_ * channels_);
  held_ = make_floats(capacity_ * channels_);
  if (!window_ || !coarse_ || !pattern_ || !slope_ || !held_ || !filter_.make()) return false;
  reset();
  for (std::size_t i = 0; i < segment_; ++i) {
    const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(segment_);
    window_[i] = static_cast<float>(0.5 - 0.5 * std::cos(std::numbers::pi * share));
  }
  return true;
}

}  // namespace refwave::dsp
