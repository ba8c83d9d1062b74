// The half of ClockedLine that its audio thread runs. It has an object file of its own, so that tests/rules
// can check it.
#include <algorithm>

#include "hal/clocked/clocked_line.h"
#include "hal/system/clock.h"
#include "hal/system/realtime.h"

namespace refwave::hal {

void ClockedLine::run(const std::atomic<bool>& ending) noexcept {
  const bool is_urgent = options_.speed <= 1.0 && options_.priority != AudioPriority::ordinary;
  const PunctualThread urgent(is_urgent ? Urgency::realtime : Urgency::ordinary, kClockedStackBytes);
  Pacer pacer(1e9 * options_.period_frames / options_.format.rate, options_.speed, monotonic_now_ns());
  while (!ending.load(std::memory_order_relaxed)) {
    const Beat beat = pacer.begin(monotonic_now_ns());
    render(beat);
    record(beat);
    // Also after the last period, so that it has been heard when the thread ends.
    sleep_until_ns(pacer.due_ns());
  }
}

void ClockedLine::call(Place& place, const Period& period) noexcept {
  calling_.store(true, std::memory_order_relaxed);
  place.callback->process(period);
  calling_.store(false, std::memory_order_relaxed);
}

void ClockedLine::render(const Beat& beat) noexcept {
  playing_ = false;
  for (Place& place : outputs_) {
    if (!place.gate.enter()) continue;
    call(place, period(beat, playing_ ? unheard_ : heard_));
    if (!playing_ && capture_) capture_->push(heard_);
    place.gate.leave();
    playing_ = true;
  }
}

void ClockedLine::record(const Beat& beat) noexcept {
  std::vector<std::byte>& data = options_.loop ? looped() : silence_;
  for (Place& place : inputs_) {
    if (!place.gate.enter()) continue;
    call(place, period(beat, data));
    place.gate.leave();
  }
}

/// Effects: this period goes into the loop. Returns: the period that comes out of it.
std::vector<std::byte>& ClockedLine::looped() noexcept {
  if (on_the_way_.empty()) return playing_ ? heard_ : silence_;
  if (!playing_) std::copy(silence_.begin(), silence_.end(), heard_.begin());
  for (std::size_t done = 0; done < heard_.size();) {
    const std::size_t count = std::min(heard_.size() - done, on_the_way_.size() - oldest_);
    std::swap_ranges(heard_.data() + done, heard_.data() + done + count, on_the_way_.data() + oldest_);
    done += count;
    oldest_ = (oldest_ + count) % on_the_way_.size();
  }
  return heard_;
}

Period ClockedLine::period(const Beat& beat, std::vector<std::byte>& data) const noexcept {
  return {.data = data.data(),
          .frames = options_.period_frames,
          .monotonic_ns = monotonic_now_ns(),
          .latency_frames = std::max(options_.period_frames, options_.loop_frames),
          .clock_rate = options_.speed,
          .lateness_ns = beat.lateness_ns,
          .reanchored = beat.reanchored};
}

}  // namespace refwave::hal
