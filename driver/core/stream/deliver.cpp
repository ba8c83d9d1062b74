#include "driver/core/stream/deliver.h"

#include <chrono>

#include "hal/system/clock.h"
#include "hal/system/realtime.h"

namespace refwave::core {

void note_calling(Stream& stream, const Block& block, BlockRing::Cursor number) noexcept {
  if (block.finished_ns == 0) {
    stream.newest_message.sent_at.store(0, std::memory_order_relaxed);
    stream.trace.note(TraceKind::calling, number);
    return;
  }
  const std::int64_t now_ns = hal::monotonic_now_ns();
  stream.latency->record(now_ns - block.finished_ns);
  stream.newest_message.done_at.store(block.finished_ns, std::memory_order_relaxed);
  if (stream.newest_message.begun_at.load(std::memory_order_relaxed) == 0)
    stream.newest_message.begun_at.store(now_ns, std::memory_order_relaxed);
  stream.newest_message.sent_at.store(now_ns, std::memory_order_relaxed);
  stream.trace.note_at(now_ns, TraceKind::calling, number);
}

void note_called(Stream& stream, bool notified, BlockRing::Cursor number) noexcept {
  stream.trace.note(TraceKind::called, number);
  if (notified) {
    StreamCounters::add(stream.counters.messages, 1);
  } else {
    stream.counters.undelivered.fetch_add(1, std::memory_order_relaxed);
  }
}

// Not inlined: notifiers and their cache warmer run the same code.
[[gnu::noinline]] void deliver_all(Stream& stream) {
  stream.newest_message.begun_at.store(0, std::memory_order_relaxed);
  do {
    if (!deliver(stream, kEveryMessage, [&] { return stream.take(); })) return;
  } while (stream.delivery.release());
}

void deliver_on(StreamTable& table, Stream& stream) noexcept {
  const bool is_shut = stream.delivery.is_shut();
  if (!is_shut && stream.closes_inside.load(std::memory_order_relaxed)) return;  // that close is not complete
  stream.caller.store(0, std::memory_order_relaxed);
  if (is_shut) {
    stream.delivery.leave();
    return;
  }
  note_called(stream, true, stream.next_notified().ring().notified() - 1);
  if (stream.delivery.hand_back(DeliveryState::Left::messages)) table.hand_to_notifier(stream.index());
}

void park_forever(StreamTable& table, Stream& stream) noexcept {
  deliver_on(table, stream);
  for (;;) hal::nap(std::chrono::hours{1});
}

}  // namespace refwave::core
