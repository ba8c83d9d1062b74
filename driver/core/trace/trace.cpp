#include "driver/core/trace/trace.h"

#include "hal/system/thread_id.h"

namespace refwave::core {

void Trace::record(std::int64_t ns, TraceKind kind, std::uint16_t slot, std::uint32_t block) noexcept {
  // Acquire: pairs with start(). The ring is whole.
  TraceRing* ring = recording_.load(std::memory_order_acquire);
  if (ring == nullptr || !wants(kind)) return;
  ring->record({.ns = ns,
                .thread = hal::this_thread_id(),
                .block = block,
                .slot = slot,
                .kind = static_cast<std::uint16_t>(kind)});
}

}  // namespace refwave::core
