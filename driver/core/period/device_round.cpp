#include "driver/core/period/device_round.h"

#include "driver/core/stream/delivery.h"
#include "hal/system/clock.h"

namespace refwave::core {

/// This thread raised the count from zero, so it decides which thread is the owner. The ready bit is set
/// before the seat is left.
void DeviceRound::mark(std::size_t index) noexcept {
  if (completion_ == CompletionBy::audio_thread) {
    marked_[marked_count_++] = static_cast<std::uint16_t>(index);
    return table_->owed.set(index);
  }
  const std::int64_t now_ns = is_tracing() ? hal::monotonic_now_ns() : 0;
  table_->ready.set(index);
  raised_ = true;
  // Afterwards, so that nobody waits for the trace.
  Stream& stream = table_->streams[index];
  if (now_ns != 0) [[unlikely]]
    stream.trace.note_at(now_ns, TraceKind::ready, stream.lane->ring().released() - 1);
}

void DeviceRound::wake() noexcept {
  if (!raised_) return;
  raised_ = false;
  // A notifier that is awake may have claimed all marked streams meanwhile. Then no wake-up is needed.
  const bool woken = table_->ready.any() && table_->waker.wake_one();
  table_->trace.note(woken ? TraceKind::wake_sent : TraceKind::wake_spared);
  if (woken) wakes_.store(wakes_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void DeviceRound::begin(const Cycle& cycle, std::uint32_t rate) noexcept {
  period_frames_ = cycle.frames;
  due_ns_ = cycle.monotonic_ns - cycle.lateness_ns;
  ns_per_frame_ = cycle.clock_rate > 0 ? 1e9 / (rate * cycle.clock_rate) : 0;
  processor_ = hal::current_processor();
}

/// Returns: whether the roster has no bit after the lowest bit of `word`, the rest of its word `i`.
bool DeviceRound::is_last(std::size_t i, std::uint64_t word) const noexcept {
  if ((word & (word - 1)) != 0) return false;
  for (++i; i < Roster::kWords; ++i) {
    if (roster_->word(i) != 0) return false;
  }
  return true;
}

void DeviceRound::publish_forecast() noexcept {
  std::int64_t next_ns = Forecast::kNone;
  if (frames_to_next_ != Lane::kNever && ns_per_frame_ > 0) {
    const std::uint64_t periods =
        std::max<std::uint64_t>(1, (std::uint64_t{frames_to_next_} + period_frames_ - 1) / period_frames_);
    next_ns =
        due_ns_ + static_cast<std::int64_t>(static_cast<double>(periods * period_frames_) * ns_per_frame_);
  }
  table_->forecast.publish(epoch_, {.ns = next_ns, .processor = processor_});
}

void DeviceRound::end() noexcept {
  table_->trace.note(TraceKind::rendered, kNoSlot, period_frames_);
  // Published again, because each() does not do so if it skips the last stream. A device may call for no
  // frames.
  if (period_frames_ != 0) publish_forecast();
}

namespace {

/// Returns: whether a notifier must take the stream's next message, because a mutex is needed. Messages of a
/// reset come from a list, and headers that wait outside the ring move up when a message makes room. A header
/// that begins to wait after this look moves up with the next message, because all others of the ring are
/// still to come. If those belong to a loop whose end waits too, the housekeeper's next look moves the header
/// up.
REFWAVE_AUDIO_THREAD bool needs_the_mutex(const Stream& stream) noexcept {
  // Relaxed: a notifier looks at the headers themselves, under the mutex. A reset fills its list before it
  // raises the pending count, by which this thread has the message.
  return stream.returned.load(std::memory_order_relaxed) != 0 ||
         stream.waiting.load(std::memory_order_relaxed) != 0;
}

}  // namespace

void DeviceRound::call_clients(Stack stack) noexcept {
  const std::size_t count = marked_count_;
  marked_count_ = 0;
  for (std::size_t i = 0; i < count; ++i) {
    // An earlier client of this list may have closed the stream, or may have taken so long that a notifier
    // tells this one.
    if (!table_->owed.claim(marked_[i])) continue;
    Stream& stream = table_->streams[marked_[i]];
    Delivery delivery(stream);
    for (bool still_ours = true; still_ours;) {
      if (needs_the_mutex(stream)) {
        table_->ready.set(marked_[i]);
        raised_ = true;
        // At once, because the next client of the list may take long.
        wake();
        break;
      }
      still_ours = delivery.begin() && delivery.call_client(stream.lane->ring().take(), stack);
    }
  }
}

}  // namespace refwave::core
