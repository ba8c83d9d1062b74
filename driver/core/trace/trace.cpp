#include "driver/core/trace/trace.h"

#include <array>

#include "hal/system/threads.h"

namespace refwave::core {

void Trace::start(std::uint32_t kinds) {
  const hal::MutexLock lock(mutex_);
  if (!ring_) ring_ = std::make_unique<TraceRing>(kCapacity);
  const bool runs = recording_.exchange(nullptr, std::memory_order_relaxed) != nullptr;
  std::array<TraceEvent, 64> old;
  while (ring_->read(old) != 0) {
  }
  dropped_before_ = ring_->dropped();
  kinds_.store(kinds, std::memory_order_relaxed);
  // Release: pairs with record().
  recording_.store(ring_.get(), std::memory_order_release);
  if (!runs) traces_running.fetch_add(1, std::memory_order_relaxed);
}

void Trace::stop() noexcept {
  const hal::MutexLock lock(mutex_);
  // The ring stays, because a thread may be recording.
  if (recording_.exchange(nullptr, std::memory_order_relaxed) != nullptr)
    traces_running.fetch_sub(1, std::memory_order_relaxed);
}

std::size_t Trace::read(std::span<TraceEvent> events, std::uint64_t& dropped) noexcept {
  const hal::MutexLock lock(mutex_);
  dropped = 0;
  if (!ring_) return 0;
  const std::size_t count = ring_->read(events);
  dropped = ring_->dropped() - dropped_before_;
  return count;
}

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
