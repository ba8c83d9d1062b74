// The half of Trace that allocates and locks, apart from what the audio thread runs.
#include <array>

#include "driver/core/trace.h"

namespace refwave::core {

void Trace::start() {
  const std::lock_guard lock(mutex_);
  if (!ring_) ring_ = std::make_unique<TraceRing>(kCapacity);
  recording_.store(nullptr, std::memory_order_relaxed);
  std::array<TraceEvent, 64> old;
  while (ring_->read(old) != 0) {
  }
  dropped_before_ = ring_->dropped();
  recording_.store(ring_.get(), std::memory_order_release);  // pairs with record()
}

void Trace::stop() noexcept {
  const std::lock_guard lock(mutex_);
  recording_.store(nullptr, std::memory_order_relaxed);  // the ring stays: somebody may be recording
}

std::size_t Trace::read(std::span<TraceEvent> events, std::uint64_t& dropped) noexcept {
  const std::lock_guard lock(mutex_);
  dropped = 0;
  if (!ring_) return 0;
  const std::size_t count = ring_->read(events);
  dropped = ring_->dropped() - dropped_before_;
  return count;
}

}  // namespace refwave::core
