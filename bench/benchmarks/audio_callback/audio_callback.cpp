// The audio callback at its pace, the notifier asleep on the other core: its time, by streams and period,
// with the wake that it ends with.
#include <time.h>

#include <atomic>
#include <cstdint>
#include <thread>

#include "bench/benchmarks/common/machine.h"
#include "bench/benchmarks/common/samples.h"
#include "bench/benchmarks/mixer/busy_streams.h"

namespace refwave::bench {
namespace {

/// Audio callbacks at the pace of a playing device, with a notifier asleep on the other core.
class Periods {
 public:
  /// Effects: starts the notifier on the far core. `streams`, `period_frames`: as BusyStreams'.
  Periods(std::size_t streams, std::uint32_t period_frames);
  ~Periods();

  /// Effects: sleeps until the next period begins. One system call.
  void wait() noexcept;
  /// Effects: the audio callback, which wakes the notifier at its end.
  void render() noexcept { streams_.render(); }

  /// Returns: blocks whose streams were notified.
  std::uint64_t answered() const noexcept { return answered_.load(std::memory_order_relaxed); }

 private:
  void notify();

  BusyStreams streams_;
  const std::int64_t period_ns_;
  std::int64_t next_ns_;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> answered_{0};
  std::thread notifier_;
};

Periods::Periods(std::size_t streams, std::uint32_t period_frames)
    : streams_(streams, period_frames),
      period_ns_(std::int64_t{1'000'000'000} * period_frames / kDevice.rate),
      next_ns_(now_ns()),
      notifier_([this] { notify(); }) {}

Periods::~Periods() {
  stop_.store(true, std::memory_order_relaxed);
  streams_.waker().wake_one();
  notifier_.join();
}

void Periods::wait() noexcept {
  next_ns_ += period_ns_;
  timespec next{};
  next.tv_sec = next_ns_ / 1'000'000'000;
  next.tv_nsec = next_ns_ % 1'000'000'000;
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, nullptr);
}

void Periods::notify() {
  pin_to(cores().far);
  while (!stop_.load(std::memory_order_relaxed)) {
    streams_.waker().sleep_until_role();
    do {
      answered_.fetch_add(streams_.answer(), std::memory_order_relaxed);
      streams_.waker().give_up_role();
    } while (streams_.any_ready() && streams_.waker().take_role());
  }
}

void audio_callback(benchmark::State& state, const std::string& name, std::size_t streams,
                    std::uint32_t period) {
  Periods periods(streams, period);
  Samples samples(name, most_iterations(state));
  for (auto _ : state) {
    periods.wait();
    samples.add(loop_ns(1, [&] { periods.render(); }));
  }
  samples.report(state);
  constexpr int kSoon = 10;  // the notifier answers while the next period is rendered
  if (state.iterations() > kSoon && periods.answered() == 0) state.SkipWithError("no block was done");
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave::bench;
  for (const std::size_t streams : {1U, 8U, 64U}) {
    for (const std::uint32_t period : {64U, 480U}) {
      add_events("audio_callback/streams:" + std::to_string(streams) + "/period:" + std::to_string(period),
                 [streams, period](benchmark::State& state, const std::string& name) {
                   audio_callback(state, name, streams, period);
                 });
    }
  }
  return run(argc, argv);
}
