#include "driver/engine/device_side.h"

#include "hal/system/thread_id.h"

namespace refwave::engine {
namespace {

/// Effects: one more. The counter has one writer.
REFWAVE_AUDIO_THREAD void count(std::atomic<std::uint64_t>& counter) noexcept {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

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
