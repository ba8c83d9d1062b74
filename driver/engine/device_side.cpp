#include "driver/engine/device_side.h"

#include <utility>

#include "hal/system/thread_id.h"

namespace refwave::engine {
namespace {

/// Effects: one more. The counter has one writer.
REFWAVE_AUDIO_THREAD void count(std::atomic<std::uint64_t>& counter) noexcept {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

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

void DeviceSide::process(const hal::Period& period) noexcept {
  table_->trace.note(core::TraceKind::period_begin, core::kNoSlot, period.frames);
  if (audio_thread_.load(std::memory_order_relaxed) == 0)
    audio_thread_.store(hal::this_thread_id(), std::memory_order_relaxed);
  note_pace(period);
  const core::Cycle cycle{.frames = period.frames,
                          .monotonic_ns = period.monotonic_ns,
                          .lateness_ns = period.lateness_ns,
                          .latency_frames = period.latency_frames,
                          .clock_rate = period.clock_rate};
  const core::Stack stack =
      stack_is_large_.load(std::memory_order_relaxed) ? core::Stack::known : core::Stack::unknown;
  if (mixer_) {
    mixer_->render(period.data, cycle, stack);
  } else {
    recorder_->capture(period.data, cycle, stack);
  }
  table_->trace.note(core::TraceKind::period_end, core::kNoSlot, period.frames);
}

/// The lateness is the device's own figure, because the device knows its schedule.
void DeviceSide::note_pace(const hal::Period& period) noexcept {
  // Release: pairs with last_period_ns().
  last_period_ns_.store(period.monotonic_ns, std::memory_order_release);
  if (period.lateness_ns > max_lateness_ns_.load(std::memory_order_relaxed))
    max_lateness_ns_.store(period.lateness_ns, std::memory_order_relaxed);
  if (period.lateness_ns > period_ns_) count(late_periods_);
  if (period.xrun) count(xruns_);
  if (period.reanchored) count(reanchors_);
}

}  // namespace refwave::engine
