#include "bench/common/baselines.h"

#include "bench/common/calls.h"
#include "bench/common/futex_wake.h"
#include "bench/common/memory_copy.h"
#include "bench/common/run.h"
#include "bench/common/samples.h"
#include "bench/common/spin_wake.h"

namespace refwave::bench {
namespace {

constexpr std::size_t kBatch = 1'000;  // events timed together, if one is shorter than a read of the clock
constexpr std::size_t kCopies = 100;
constexpr std::size_t kBusBytes = 480 * 2 * sizeof(float);  // 10 ms of the mix

/// `waker_…`: the cost of the wake for the waker.
template <typename Side>
void measure_wakes(benchmark::State& state, const std::string& name, Side& side) {
  Samples latency(name, most_iterations(state));
  Samples waker(name, most_iterations(state));
  for (auto _ : state) {
    side.begin();
    side.wake();
    const Wake wake = side.finish();
    latency.add(wake.latency_ns);
    waker.add(wake.waker_ns);
  }
  latency.report(state);
  waker.report(state, "waker_");
}

template <typename Side>
void measure_batches(benchmark::State& state, const std::string& name, Side side) {
  Samples samples(name, most_iterations(state));
  for (auto _ : state) samples.add(side.step());
  samples.report(state);
}

void register_futex_wake(const std::string& name, Priority priority) {
  add_events(name, [priority](benchmark::State& state, const std::string& full) {
    FutexWake side(cores().far, priority);
    if (!side.granted()) {
      state.SkipWithError("the system does not grant this priority");
      return;
    }
    measure_wakes(state, full, side);
  });
}

struct ClockReads {
  double step() const noexcept {
    return loop_ns(kBatch, [] { benchmark::DoNotOptimize(now_ns()); });
  }
};

}  // namespace

void register_baselines() {
  register_futex_wake("baseline/futex_wake/priority:ordinary", Priority::ordinary);
  register_futex_wake("baseline/futex_wake/priority:realtime", Priority::realtime);
  add_events("baseline/spin_wake", [](benchmark::State& state, const std::string& name) {
    SpinWake side(cores().far);
    measure_wakes(state, name, side);
  });
  add("baseline/clock_read",
      [](benchmark::State& state, const std::string& name) { measure_batches(state, name, ClockReads{}); });
  add("baseline/call", [](benchmark::State& state, const std::string& name) {
    measure_batches(state, name, IndirectCalls(kBatch));
  });
  add("baseline/call_with_stack_switch", [](benchmark::State& state, const std::string& name) {
    measure_batches(state, name, SwitchedCalls(kBatch));
  });
  register_memcpy(kBusBytes);
}

void register_memcpy(std::size_t bytes) {
  add("baseline/memcpy/bytes:" + std::to_string(bytes),
      [bytes](benchmark::State& state, const std::string& name) {
        measure_batches(state, name, MemoryCopy(bytes, kCopies));
      });
}

}  // namespace refwave::bench
