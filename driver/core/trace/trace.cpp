#include "driver/core/trace/trace.h"

#include <algorithm>
#include <array>
#include <limits>

#include "hal/system/clock.h"
#include "hal/system/threads.h"

namespace refwave::core {
namespace {

constexpr std::uint32_t kPoints = 20'000;  // fewer than the ring holds
constexpr int kRounds = 9;

/// Returns: the time of `step(i)` for every point, in ns.
template <typename Step>
std::int64_t time_of(Step step) {
  const std::int64_t begin_ns = hal::monotonic_now_ns();
  for (std::uint32_t i = 0; i < kPoints; ++i) {
    step(i);
    // Kept: without this fence the compiler would remove the loop that has no points.
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  return hal::monotonic_now_ns() - begin_ns;
}

}  // namespace

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
  // The ring is kept, because a thread may be recording.
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

std::int64_t trace_cost_ps(Tracing tracing) {
  const auto trace = std::make_unique<Trace>();
  if (tracing == Tracing::on) trace->start();
  std::int64_t with_ns = std::numeric_limits<std::int64_t>::max();
  std::int64_t without_ns = with_ns;
  volatile std::uint32_t sink = 0;
  std::array<TraceEvent, 64> events;
  std::uint64_t dropped = 0;
  for (int round = 0; round < kRounds; ++round) {
    without_ns = std::min(without_ns, time_of([&](std::uint32_t i) { sink = i; }));
    with_ns = std::min(with_ns, time_of([&](std::uint32_t i) {
                         sink = i;
                         trace->note(TraceKind::started, 0, i);
                       }));
    while (trace->read(events, dropped) != 0) {
    }
  }
  return std::max<std::int64_t>(0, with_ns - without_ns) * 1'000 / kPoints;
}

}  // namespace refwave::core
