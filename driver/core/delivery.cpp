#include "driver/core/delivery.h"

#include "driver/core/cycle.h"
#include "driver/core/lane.h"
#include "driver/core/thread_id.h"

namespace refwave::core {
namespace {

REFWAVE_AUDIO_THREAD void note_calling(const Slot& slot, const Block& block,
                                       BlockRing::Cursor number) noexcept {
  if (block.finished_ns == 0) return slot.trace.note(TraceKind::calling, number);
  const std::int64_t now_ns = monotonic_now_ns();
  slot.lane->latency().record(now_ns - block.finished_ns);
  slot.trace.note_at(now_ns, TraceKind::calling, number);
}

}  // namespace

bool Delivery::begin() noexcept {
  Call idle = Call::idle;
  // Acquire-release: pairs with the closer's exchange to closed, so that either it sees the callback or we
  // see it.
  if (slot_.call.compare_exchange_strong(idle, Call::in_call, std::memory_order_acq_rel)) return true;
  slot_.owner_thread.store(0, std::memory_order_relaxed);
  slot_.pending.store(0, std::memory_order_release);  // pairs with the next open's look: the slot is free
  return false;
}

bool Delivery::hand_over(ReadySet& ready, std::size_t index) noexcept {
  slot_.owner_thread.store(0, std::memory_order_relaxed);  // compared by this thread alone
  Call in_call = Call::in_call;
  if (slot_.call.compare_exchange_strong(in_call, Call::idle,
                                         std::memory_order_acq_rel)) {  // pairs with the closer
    ready.set(index);
    return true;
  }
  slot_.pending.store(0, std::memory_order_release);  // pairs with the next open's look
  return false;
}

void Delivery::tell(const Block& block, Stack stack) noexcept {
  const BlockRing::Cursor number = slot_.lane->ring().notified() - 1;
  note_calling(slot_, block, number);
  const ClientCallback callback = slot_.callback;  // a close inside the callback ends the stream it lies in
  const bool told =
      callback.function == nullptr || callback.function(callback, Notice::done, block.header, stack);
  slot_.trace.note(TraceKind::called, number);
  if (told) {
    SlotCounters::add(slot_.counters.messages, 1);
  } else {
    SlotCounters::add(slot_.counters.undelivered, 1);
  }
}

bool Delivery::finish(const Block& block, Stack stack) noexcept {
  slot_.owner_thread.store(current_thread_id(),
                           std::memory_order_relaxed);  // compared by this thread alone
  tell(block, stack);
  slot_.owner_thread.store(0, std::memory_order_relaxed);
  Call in_call = Call::in_call;
  if (!slot_.call.compare_exchange_strong(in_call, Call::idle,
                                          std::memory_order_acq_rel)) {  // pairs with the closer
    slot_.pending.store(
        0, std::memory_order_release);  // closed inside the callback, or given up: pairs with open
    return false;
  }
  // Release: the next owner and the next stream see what this callback did. Acquire: blocks added meanwhile
  // are whole.
  const std::uint32_t left =
      slot_.pending.fetch_sub(1, std::memory_order_acq_rel) - 1;  // pairs with add_pending()
  if (left != kCloserToken) return left != 0;
  Call idle = Call::idle;
  if (!slot_.call.compare_exchange_strong(idle, Call::handed,
                                          std::memory_order_acq_rel))  // pairs with the closer
    slot_.pending.store(0, std::memory_order_release);
  return false;
}

}  // namespace refwave::core
