#include "bench/benchmarks/common/baselines.h"

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "bench/benchmarks/common/futex_wake.h"
#include "bench/benchmarks/common/memory_copy.h"
#include "bench/benchmarks/common/samples.h"
#include "inf/host/callback/callback_stack.h"

namespace refwave::bench {
namespace {

/// The function that is called: the simplest possible callback.
using Function = void (*)(void* argument);

/// Loops of calls, both for in_turns(). step() returns the ns for each call.
class IndirectCalls {
 public:
  explicit IndirectCalls(std::size_t calls) : calls_(calls) {}
  void begin() noexcept {}
  double step() noexcept;

 private:
  const std::size_t calls_;
  std::size_t count_ = 0;
};

/// Baselines: a call through a pointer, and a call for which the stack pointer is moved to another stack and
/// back. This is the least that a callback costs, without and with a stack of its own.
class SwitchedCalls {
 public:
  explicit SwitchedCalls(std::size_t calls) : calls_(calls), stack_(16 * 1024) {}
  void begin() noexcept {}
  double step() noexcept;

 private:
  const std::size_t calls_;
  std::size_t count_ = 0;
  std::vector<std::byte> stack_;
};

void count(void* argument) { ++*static_cast<std::size_t*>(argument); }

/// Returns: the highest address in `stack` at which a stack may begin.
std::byte* top_of(std::vector<std::byte>& stack) {
  const auto end = reinterpret_cast<std::uintptr_t>(stack.data() + stack.size());
  return stack.data() + stack.size() - end % 16;
}

/// Returns: a function that adds one to a std::size_t, and that the compiler cannot inline.
Function counting_function() noexcept {
  Function function = &count;
  benchmark::DoNotOptimize(function);
  return function;
}

double IndirectCalls::step() noexcept {
  const Function function = counting_function();
  return loop_ns(calls_, [&] { function(&count_); });
}

double SwitchedCalls::step() noexcept {
  const Function function = counting_function();
  std::byte* const top = top_of(stack_);
  return loop_ns(calls_, [&] { host::refwave_switch_stack(top, function, &count_); });
}

/// Baseline: the time of a hand-over if the other side is awake and looks. One word in one cache line goes
/// from core to core. No hand-over between cores is faster.
class SpinWake {
 public:
  /// Effects: starts a thread on `core`. It sleeps, except between begin() and the end of step(), so that
  /// it takes no time from a benchmark that is measured in turns with it.
  explicit SpinWake(int core);
  ~SpinWake();

  // As in FutexWake.
  /// Effects: waits until the thread spins.
  void begin();
  std::int64_t step() {
    wake();
    return finish().latency_ns;
  }
  void wake() noexcept;
  Wake finish() const noexcept;

 private:
  void spin_and_stamp(int core) noexcept;

  std::int64_t before_ns_ = 0;
  std::int64_t after_ns_ = 0;
  std::atomic<bool> stop_{false};
  alignas(64) std::atomic<std::uint32_t> ball_{0};    // wakes so far
  alignas(64) std::atomic<std::uint32_t> attend_{0};  // turns in which the thread spins; it sleeps on this
  alignas(64) std::atomic<std::uint32_t> spinning_{0};
  std::atomic<std::uint32_t> seen_{0};
  std::int64_t seen_ns_ = 0;
  std::thread thread_;
};

SpinWake::SpinWake(int core) : thread_([this, core] { spin_and_stamp(core); }) {}

SpinWake::~SpinWake() {
  begin();
  stop_.store(true, std::memory_order_relaxed);
  wake();
  thread_.join();
}

void SpinWake::spin_and_stamp(int core) noexcept {
  pin_to(core);
  for (std::uint32_t turn = 0; !stop_.load(std::memory_order_relaxed); ++turn) {
    attend_.wait(turn, std::memory_order_acquire);  // pairs with begin()
    spinning_.store(turn + 1, std::memory_order_release);
    while (ball_.load(std::memory_order_acquire) == turn) {  // pairs with wake()
    }
    seen_ns_ = now_ns();
    seen_.store(turn + 1, std::memory_order_release);  // pairs with finish(): it sees the stamp
  }
}

void SpinWake::begin() {
  const std::uint32_t turn = attend_.fetch_add(1, std::memory_order_release) + 1;
  attend_.notify_one();
  while (spinning_.load(std::memory_order_acquire) != turn) {
  }
}

void SpinWake::wake() noexcept {
  before_ns_ = now_ns();
  ball_.fetch_add(1, std::memory_order_release);  // pairs with the spinner's acquire
  after_ns_ = now_ns();
}

Wake SpinWake::finish() const noexcept {
  const std::uint32_t wakes = ball_.load(std::memory_order_relaxed);
  while (seen_.load(std::memory_order_acquire) != wakes) {  // pairs with the spinner's release
  }
  return {.latency_ns = seen_ns_ - before_ns_, .waker_ns = after_ns_ - before_ns_};
}

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
