// The baselines alone: what this machine takes for a wake, a call and a copy.
#include <vector>

#include "bench/benchmarks/common/futex_wake.h"
#include "bench/benchmarks/common/memory_copy.h"
#include "bench/benchmarks/common/samples.h"
#include "inf/host/callback/callback_stack.h"

namespace refwave::bench {
namespace {

constexpr std::size_t kBatch = 1'000;  // events timed together, each shorter than a read of the clock
constexpr std::size_t kBusBytes = 480 * 2 * sizeof(float);  // 10 ms of the mix

/// The function that is called: the simplest possible callback.
using Function = void (*)(void* argument);

void count(void* argument) { ++*static_cast<std::size_t*>(argument); }

/// Returns: a function that adds one to a std::size_t, and that the compiler cannot inline.
Function counting_function() noexcept {
  Function function = &count;
  benchmark::DoNotOptimize(function);
  return function;
}

/// Returns: the highest address in `stack` at which a stack may begin.
std::byte* top_of(std::vector<std::byte>& stack) {
  const auto end = reinterpret_cast<std::uintptr_t>(stack.data() + stack.size());
  return stack.data() + stack.size() - end % 16;
}

// Each of these returns the ns of one event of a batch. A call through a pointer, and one for which the stack
// pointer is moved to another stack and back, are the least that a callback costs.

double clock_reads() {
  return loop_ns(kBatch, [] { benchmark::DoNotOptimize(now_ns()); });
}

double calls() {
  const Function function = counting_function();
  std::size_t counted = 0;
  return loop_ns(kBatch, [&] { function(&counted); });
}

double calls_with_stack_switch() {
  static std::vector<std::byte> stack(16 * 1024);
  const Function function = counting_function();
  std::byte* const top = top_of(stack);
  std::size_t counted = 0;
  return loop_ns(kBatch, [&] { host::refwave_switch_stack(top, function, &counted); });
}

void add_batches(const std::string& name, double (*batch)()) {
  add(name, [batch](benchmark::State& state) {
    Samples samples(most_iterations(state));
    for (auto _ : state) samples.add(batch());
    samples.report(state);
  });
}

/// `waker_…`: the cost of the wake for the waker.
void add_futex_wake(const std::string& name, Priority priority) {
  add_events(name, [priority](benchmark::State& state) {
    FutexWake side(cores().far, priority);
    if (!side.granted()) {
      state.SkipWithError("the system does not grant this priority");
      return;
    }
    Samples latency(most_iterations(state));
    Samples waker(most_iterations(state));
    for (auto _ : state) {
      side.begin();
      side.wake();
      const Wake wake = side.finish();
      latency.add(wake.latency_ns);
      waker.add(wake.waker_ns);
    }
    latency.report(state);
    waker.report(state, "waker_");
  });
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave::bench;
  add_futex_wake("baseline/futex_wake/priority:ordinary", Priority::ordinary);
  add_futex_wake("baseline/futex_wake/priority:realtime", Priority::realtime);
  add_batches("baseline/clock_read", clock_reads);
  add_batches("baseline/call", calls);
  add_batches("baseline/call_with_stack_switch", calls_with_stack_switch);
  register_memcpy(kBusBytes);
  return run(argc, argv);
}
