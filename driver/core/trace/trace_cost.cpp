#include "driver/core/trace/trace_cost.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>

#include "driver/core/trace/trace.h"
#include "hal/system/clock.h"

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

void empty(Trace& trace) {
  std::array<TraceEvent, 64> events;
  std::uint64_t dropped = 0;
  while (trace.read(events, dropped) != 0) {
  }
}

}  // namespace

std::int64_t trace_cost_ps(Tracing tracing) {
  const auto trace = std::make_unique<Trace>();
  if (tracing == Tracing::on) trace->start();
  std::int64_t with_ns = std::numeric_limits<std::int64_t>::max();
  std::int64_t without_ns = with_ns;
  volatile std::uint32_t sink = 0;
  for (int round = 0; round < kRounds; ++round) {
    without_ns = std::min(without_ns, time_of([&](std::uint32_t i) { sink = i; }));
    with_ns = std::min(with_ns, time_of([&](std::uint32_t i) {
                         sink = i;
                         trace->note(TraceKind::started, 0, i);
                       }));
    empty(*trace);
  }
  return std::max<std::int64_t>(0, with_ns - without_ns) * 1'000 / kPoints;
}

}  // namespace refwave::core
