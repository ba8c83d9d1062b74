#include "driver/core/device_round.h"

#include "driver/core/delivery.h"
#include "driver/core/thread_id.h"

namespace refwave::core {

/// The count was raised from zero by us: we say who the owner is. The ready bit is set before the seat is
/// left.
void DeviceRound::mark(std::size_t index) noexcept {
  if (completion_ == CompletionBy::audio_thread) {
    owned_[owned_count_++] = static_cast<std::uint16_t>(index);
    // Another stream's callback may close this one before its turn comes: it finds that the owner is itself.
    table_->slots[index].owner_thread.store(current_thread_id(), std::memory_order_relaxed);
    return;
  }
  table_->ready.set(index);
  raised_ = true;
}

void DeviceRound::wake() noexcept {
  if (!raised_) return;
  raised_ = false;
  // A notifier that is awake may have claimed all of it since it was marked: then it needs nobody's help.
  const bool woken = table_->ready.any() && table_->waker.wake_one();
  table_->trace.note(woken ? TraceKind::wake_sent : TraceKind::wake_spared);
  if (woken) wakes_.store(wakes_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void DeviceRound::publish_forecast(const Cycle& cycle, std::uint32_t rate) noexcept {
  if (cycle.frames == 0) return;  // a device may call with nothing to render
  std::int64_t next_ns = Forecast::kNone;
  if (frames_to_next_ != Lane::kNever && cycle.clock_rate > 0) {
    const std::uint64_t periods =
        std::max<std::uint64_t>(1, (std::uint64_t{frames_to_next_} + cycle.frames - 1) / cycle.frames);
    const double wait_ns = static_cast<double>(periods * cycle.frames) * 1e9 / (rate * cycle.clock_rate);
    next_ns = cycle.monotonic_ns - cycle.lateness_ns + static_cast<std::int64_t>(wait_ns);
  }
  table_->forecast.publish(epoch_, {.ns = next_ns, .processor = current_processor()});
}

void DeviceRound::call_clients(Stack stack) noexcept {
  const std::size_t count = owned_count_;
  owned_count_ = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Slot& slot = table_->slots[owned_[i]];
    Delivery delivery(slot);
    bool still_ours = true;
    while (still_ours && delivery.begin()) {
      // Messages of a reset wait in a list behind a mutex, which is a notifier's to take.
      if (slot.lane->returned.load(std::memory_order_acquire) != 0) {  // pairs with Stream::return_all()
        raised_ = delivery.hand_over(table_->ready, owned_[i]) || raised_;
        break;
      }
      const Block block = slot.lane->ring().take();
      still_ours = delivery.finish(block, stack);
    }
  }
  wake();
}

}  // namespace refwave::core
