#include "driver/core/stream/deliver.h"

#include "hal/system/clock.h"

namespace refwave::core {

void note_calling(const Stream& stream, const Block& block, BlockRing::Cursor number) noexcept {
  if (block.finished_ns == 0) {
    stream.trace.note(TraceKind::calling, number);
    return;
  }
  const std::int64_t now_ns = hal::monotonic_now_ns();
  stream.latency->record(now_ns - block.finished_ns);
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

}  // namespace refwave::core
