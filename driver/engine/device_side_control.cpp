// The half of DeviceSide that control threads run. It has an object file of its own, so that tests/rules can
// check the audio thread's half.
#include <utility>

#include "driver/engine/device_side.h"

namespace refwave::engine {

DeviceSide::DeviceSide(std::shared_ptr<core::StreamTable> table, std::shared_ptr<const core::Roster> roster,
                       std::shared_ptr<const std::atomic<std::uint32_t>> volume, const SideSettings& settings)
    : table_(std::move(table)), roster_(std::move(roster)), volume_(std::move(volume)), settings_(settings) {}

void DeviceSide::prepare(const hal::OpenInfo& info) {
  period_ns_ = std::int64_t{info.period_frames} * 1'000'000'000 / info.format.rate;
  if (settings_.direction == hal::Direction::output) {
    mixer_ = std::make_unique<core::Mixer>(table_, roster_, settings_.epoch, settings_.completion,
                                           info.format, volume_, settings_.dither);
  } else {
    recorder_ =
        std::make_unique<core::Recorder>(table_, roster_, settings_.epoch, settings_.completion, info.format);
  }
}

DeviceSide::~DeviceSide() = default;

stream::DeviceStatistics DeviceSide::statistics() const {
  stream::DeviceStatistics counted;
  counted.late_periods = late_periods_.load(std::memory_order_relaxed);
  counted.max_lateness_ns = static_cast<std::uint64_t>(max_lateness_ns_.load(std::memory_order_relaxed));
  counted.wakes = mixer_ ? mixer_->round().wakes() : recorder_->round().wakes();
  counted.xruns = xruns_.load(std::memory_order_relaxed);
  counted.reanchors = reanchors_.load(std::memory_order_relaxed);
  return counted;
}

}  // namespace refwave::engine
