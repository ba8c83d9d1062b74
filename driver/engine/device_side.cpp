#include "driver/engine/device_side.h"

#include <algorithm>
#include <utility>

namespace refwave::engine {
namespace {

/// Effects: adds `more`. The counter has one writer.
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
  has_schedule_ = info.has_schedule;
  // JACK's latency may be less than the driver's period.
  pace_ = Pace(std::max(latency_ns_, 2 * period_ns_));
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
  counted.wakes = work().round().wakes();
  counted.xruns = xruns_.load(std::memory_order_relaxed);
  counted.reanchors = reanchors_.load(std::memory_order_relaxed);
  counted.queued_frames = queued_frames_.load(std::memory_order_relaxed);
  counted.dropped_ns = dropped_ns_.load(std::memory_order_relaxed);
  return counted;
}

void DeviceSide::process(const hal::Period& period) noexcept {
  table_->trace.note(core::TraceKind::period_begin, core::kNoSlot, period.frames);
  if (audio_thread_.load(std::memory_order_relaxed) == 0) {
    thread_number_ = hal::this_thread_number();
    audio_thread_.store(hal::this_thread_id(), std::memory_order_relaxed);
  }
  note_pace(period);
  const core::Cycle cycle{.frames = period.frames,
                          .monotonic_ns = period.monotonic_ns,
                          .lateness_ns = period.lateness_ns,
                          .behind_ns = behind_ns_,
                          .has_schedule = has_schedule_,
                          .skips_silence = period.skips_silence,
                          .latency_frames = period.latency_frames,
                          .clock_rate = period.clock_rate};
  if (mixer_) {
    // The latency is what it still had to play before this period.
    played_.store(taken_ - std::min<std::uint64_t>(taken_, period.latency_frames), std::memory_order_relaxed);
    queued_frames_.store(period.latency_frames, std::memory_order_relaxed);
    mixer_->render(period.data, cycle);
    taken_ += period.frames;
    if (mixer_->has_sounded()) sound_end_.store(taken_, std::memory_order_relaxed);
  } else {
    recorder_->capture(period.data, cycle);
  }
  table_->trace.note(core::TraceKind::period_end, core::kNoSlot, period.frames);
}

void DeviceSide::note_pace(const hal::Period& period) noexcept {
  // Relaxed: this thread wrote it.
  const std::int64_t since_ns = last_period_ns_.load(std::memory_order_relaxed);
  if (mixer_) note_queue(period, since_ns);
  note_lateness(period, since_ns);
  // Release: pairs with last_period_ns().
  last_period_ns_.store(period.monotonic_ns, std::memory_order_release);
  if (period.xrun) count(xruns_);
  if (period.reanchored) count(reanchors_);
}

/// Effects: counts and records a late period, by the device's schedule or Pace. `since_ns`: the one before.
void DeviceSide::note_lateness(const hal::Period& period, std::int64_t since_ns) noexcept {
  LateCallback late{.began_at = period.monotonic_ns - period.lateness_ns,
                    .came_at = period.monotonic_ns,
                    .late_ns = period.lateness_ns};
  const bool is_idle = work().is_idle();
  late.held_ns = std::max(work().round().clients_left_at() - since_ns, std::int64_t{0});
  if (has_schedule_) {
    if (period.reanchored) late.lost_ns = late.late_ns;
    behind_ns_ = late.late_ns > period_ns_ / 8 ? std::max(behind_ns_, late.late_ns) : 0;
  } else if (is_idle && !pace_.is_settling()) {
    pace_.restart();
    late.late_ns = behind_ns_ = 0;
  } else {
    const auto ns_of = [&](std::uint32_t frames) { return std::int64_t{frames} * 1'000'000'000 / rate_; };
    late = pace_.take(late.came_at, ns_of(period.frames), ns_of(period.latency_frames), late.held_ns)
               .value_or(LateCallback{.began_at = late.came_at, .came_at = late.came_at});
    behind_ns_ = pace_.behind_ns();
  }
  const bool is_late = has_schedule_ ? late.late_ns > period_ns_ : late.lost_ns > 0;
  if ((has_schedule_ || is_late) && late.late_ns > max_lateness_ns_.load(std::memory_order_relaxed))
    max_lateness_ns_.store(late.late_ns, std::memory_order_relaxed);
  if (is_late) count(late_periods_);
  const bool has_xrun = period.xrun && !is_idle;  // an audible one
  if ((is_idle && has_schedule_) || !(is_late || late.late_ns > period_ns_ || has_xrun)) return;
  const int flags = (has_xrun ? core::Gap::kXrun : 0) | (has_schedule_ ? core::Gap::kScheduled : 0);
  table_->gaps.record({.kind = core::Gap::Kind::device,
                       .device = settings_.epoch,
                       .began_at = late.began_at,
                       .ended_at = late.came_at,
                       .flags = static_cast<std::uint16_t>(flags),
                       .thread = thread_number_,
                       .late_ns = late.late_ns,
                       .lost_ns = late.lost_ns,
                       .held_ns = std::min(late.held_ns, late.late_ns)});
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
