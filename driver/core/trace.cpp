#include "driver/core/trace.h"

#include "driver/core/thread_id.h"

namespace refwave::core {

void Trace::record(std::int64_t ns, TraceKind kind, std::uint16_t slot, std::uint32_t block) noexcept {
  TraceRing* ring = recording_.load(std::memory_order_acquire);  // pairs with start(): the ring is whole
  if (ring == nullptr || !wants(kind)) return;
  ring->record({.ns = ns,
                .thread = current_thread_id(),
                .block = block,
                .slot = slot,
                .kind = static_cast<std::uint16_t>(kind)});
}

}  // namespace refwave::core
