#include "driver/core/stream/delivery.h"

#include "driver/core/stream/lane.h"
#include "hal/system/clock.h"
#include "hal/system/thread_id.h"

namespace refwave::core {
namespace {

REFWAVE_AUDIO_THREAD void note_calling(const Stream& stream, const Block& block,
                                       BlockRing::Cursor number) noexcept {
  if (block.finished_ns == 0) return stream.trace.note(TraceKind::calling, number);
  const std::int64_t now_ns = hal::monotonic_now_ns();
  stream.lane->latency().record(now_ns - block.finished_ns);
  stream.trace.note_at(now_ns, TraceKind::calling, number);
}

}  // namespace

bool Delivery::begin() noexcept {
  Call idle = Call::idle;
  // One location decides whether the closer sees the callback or this thread sees the closer. The stream
  // with its memory came to this thread by the claim of its ready bit or by the pending count. Release: a
  // closer that no longer waits for this callback sees that the message before was counted off.
  if (stream_.call.compare_exchange_strong(idle, Call::in_call, std::memory_order_release,
                                           std::memory_order_relaxed))
    return true;
  // Release: pairs with StreamTable::take_free(). The stream is free.
  stream_.pending.store(0, std::memory_order_release);
  return false;
}

void Delivery::tell(const Block& block, Stack stack) noexcept {
  const BlockRing::Cursor number = stream_.lane->ring().notified() - 1;
  note_calling(stream_, block, number);
  // A copy: a close inside the callback frees the place for the next stream.
  const ClientCallback callback = stream_.callback;
  const bool told =
      callback.function == nullptr || callback.function(callback, Notice::done, block.header, stack);
  stream_.trace.note(TraceKind::called, number);
  if (told) {
    StreamCounters::add(stream_.counters.messages, 1);
  } else {
    stream_.counters.undelivered.fetch_add(1, std::memory_order_relaxed);
  }
}

bool Delivery::call_client(const Block& block, Stack stack) noexcept {
  // Relaxed: only this thread compares it.
  stream_.owner_thread.store(hal::this_thread_id(), std::memory_order_relaxed);
  tell(block, stack);
  stream_.owner_thread.store(0, std::memory_order_relaxed);
  Call in_call = Call::in_call;
  // Release: pairs with the closer's exchange to closed. The client's last message comes after what its
  // callback did.
  if (!stream_.call.compare_exchange_strong(in_call, Call::idle, std::memory_order_release,
                                            std::memory_order_relaxed)) {
    // The callback closed the stream, or the closer no longer waits. Release: pairs with
    // StreamTable::take_free(), and with a closer that counts what was not taken.
    stream_.pending.store(0, std::memory_order_release);
    return false;
  }
  // Release: the next owner and the next stream see what this callback did. Acquire: blocks added meanwhile
  // are whole. Both pair with add_pending().
  const std::uint32_t left = stream_.pending.fetch_sub(1, std::memory_order_acq_rel) - 1;
  if (left != kCloserToken) return left != 0;
  Call idle = Call::idle;
  // Release: pairs with the closer's look at handed, after which it frees the stream. Kept: the exchange
  // above has released the same, and this one does not rely on it.
  if (!stream_.call.compare_exchange_strong(idle, Call::handed, std::memory_order_release,
                                            std::memory_order_relaxed))
    // Release: pairs with StreamTable::take_free(). Kept: the next open relies on every way to zero alike.
    stream_.pending.store(0, std::memory_order_release);
  return false;
}

}  // namespace refwave::core
