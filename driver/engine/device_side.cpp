#include "driver/engine/device_side.h"

#include <algorithm>
#include <utility>

namespace refwave::engine {
namespace {

/// Effects: so many more. The counter has one writer.
REFWAVE_AUDIO_THREAD void count(std::atomic<std::uint64_t>& counter, std::uint64_t more = 1) noexcept {
  counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

// No sound server takes more than two seconds ahead; twice that is a device that plays faster than the clock.
constexpr std::int64_t kMostAheadNs = 4'000'000'000;
// A device's clock may be faster than the monotonic one by a thousandth.
constexpr std::int64_t kClockTolerance = 1'000;

}  // namespace

DeviceSide::DeviceSide(std::shared_ptr<core::StreamTable> table,
                       std::shared_ptr<const core::MembershipMask> membership,
                       std::shared_ptr<const std::atomic<std::uint32_t>> volume, const SideSettings& settings)
    : table_(std::move(table)),
      membership_(std::move(membership)),
      volume_(std::move(volume)),
      settings_(settings) {}

void DeviceSide::prepare(const hal::OpenInfo& info) {
  const auto ns_of = [&](std::uint32_t frames) {
    return std::int64_t{frames} * 1'000'000'000 / info.format.rate;
  };
  period_ns_ = ns_of(info.period_frames);
  latency_ns_ = ns_of(info.latency_frames);
  rate_ = info.format.rate;
  if (settings_.direction == hal::Direction::output) {
    mixer_ = std::make_unique<core::Mixer>(table_, membership_, settings_.epoch, settings_.completion,
                                           info.format, volume_, settings_.dither);
  } else {
    recorder_ = std::make_unique<core::Recorder>(table_, membership_, settings_.epoch, settings_.completion,
                                                 info.format);
  }
}

DeviceSide::~DeviceSide() = default;

core::DeviceStatistics DeviceSide::statistics() const {
  core::DeviceStatistics counted;
  counted.late_periods = late_periods_.load(std::memory_order_relaxed);
  counted.max_lateness_ns = static_cast<std::uint64_t>(max_lateness_ns_.load(std::memory_order_relaxed));
  counted.wakes = mixer_ ? mixer_->round().wakes() : recorder_->round().wakes();
  counted.xruns = xruns_.load(std::memory_order_relaxed);
  counted.reanchors = reanchors_.load(std::memory_order_relaxed);
  counted.dropped_ns = dropped_ns_.load(std::memory_order_relaxed);
  return counted;
}

void DeviceSide::process(const hal::Period& period) noexcept {
  table_->trace.note(core::TraceKind::period_begin, core::kNoSlot, period.frames);
  if (audio_thread_.load(std::memory_order_relaxed) == 0) {
    audio_thread_number_.store(hal::this_thread_number(), std::memory_order_relaxed);
    audio_thread_.store(hal::this_thread_id(), std::memory_order_relaxed);
  }
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
  // Relaxed: this thread wrote it.
  if (mixer_) note_queue(period, last_period_ns_.load(std::memory_order_relaxed));
  // Release: pairs with last_period_ns().
  last_period_ns_.store(period.monotonic_ns, std::memory_order_release);
  if (period.lateness_ns > max_lateness_ns_.load(std::memory_order_relaxed))
    max_lateness_ns_.store(period.lateness_ns, std::memory_order_relaxed);
  if (period.lateness_ns > period_ns_) count(late_periods_);
  if (period.xrun) count(xruns_);
  if (period.reanchored) count(reanchors_);
}

/// Effects: counts what the device took and cannot have played since `since_ns`, the period before. Around an
/// underrun it has what it holds at most, so what the clock says it should have beyond that was thrown away.
void DeviceSide::note_queue(const hal::Period& period, std::int64_t since_ns) noexcept {
  if (period.clock_rate != 1.0) return;  // a clocked device that runs at a pace of its own
  const std::int64_t passed_ns = since_ns != 0 ? period.monotonic_ns - since_ns : 0;
  queued_ns_ = std::max(queued_ns_ - passed_ns - passed_ns / kClockTolerance, std::int64_t{0});
  const std::int64_t most_ns = latency_ns_ + (period.xrun ? period_ns_ : kMostAheadNs);
  if (queued_ns_ > most_ns) {
    count(dropped_ns_, static_cast<std::uint64_t>(queued_ns_ - most_ns));
    queued_ns_ = most_ns;
  }
  queued_ns_ += std::int64_t{period.frames} * 1'000'000'000 / rate_;
}

}  // namespace refwave::engine
