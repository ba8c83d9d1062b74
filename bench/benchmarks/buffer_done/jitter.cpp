// How evenly blocks come back on the clocked device, beside a thread that only sleeps until the same moments.
// The thread shows the best that a driver could reach.
#include <atomic>
#include <optional>
#include <thread>

#include "bench/benchmarks/buffer_done/clients.h"
#include "bench/benchmarks/buffer_done/path.h"
#include "bench/benchmarks/buffer_done/session.h"
#include "bench/benchmarks/common/futex_wake.h"
#include "bench/benchmarks/common/samples.h"
#include "hal/system/realtime.h"

namespace refwave::bench {
namespace {

constexpr std::int64_t kMs = 1'000'000;

/// Sleeps by the absolute clock, as the clocked device's thread does, half a block later.
class Timer {
 public:
  Timer(std::int64_t first_ns, std::int64_t every_ns, std::size_t most)
      : moments_(most), thread_([this, first_ns, every_ns] { run(first_ns, every_ns); }) {}
  ~Timer() { end(); }

  const Returns& end() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
    return moments_;
  }

 private:
  void run(std::int64_t next_ns, std::int64_t every_ns) {
    const hal::PunctualThread urgent(hal::Urgency::realtime, 0);
    for (; !over_; next_ns += every_ns) {
      hal::sleep_until_ns(next_ns);
      moments_.add(now_ns());
    }
  }

  Returns moments_;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

/// The errors of the intervals' lengths, and the number of bursts.
struct Evenness {
  Evenness(const std::string& name, const Returns& moments, std::size_t from, std::int64_t even_ns)
      : errors(name, moments.count()) {
    for (std::size_t i = from; i + 1 < moments.count(); ++i) {
      const std::int64_t interval = moments[i + 1] - moments[i];
      errors.add(interval > even_ns ? interval - even_ns : even_ns - interval);
      bursts += interval < even_ns / 10 ? 1 : 0;
    }
    const auto last = moments.count() - 1;
    rate_percent = 100.0 * static_cast<double>(last - from) * static_cast<double>(even_ns) /
                   static_cast<double>(moments[last] - moments[from]);
  }

  Samples errors;
  std::size_t bursts = 0;
  double rate_percent = 0;
};

void measure(benchmark::State& state, const std::string& name, std::uint32_t block_ms) {
  const std::int64_t even_ns = block_ms * kMs;
  const std::uint32_t frames = 48 * block_ms;
  Session session("output=clocked; rate=48000; channels=2; period=" + std::to_string(frames));
  const std::size_t most = 2 * most_iterations(state) + 200;
  FutexWake bare(cores().far, Priority::ordinary, std::chrono::nanoseconds(0));
  Samples wakes(name, most_iterations(state));
  std::optional<Clients> clients;
  std::optional<Timer> timer;
  {
    const OnAnyCore threads_too;
    clients.emplace(ClientOptions{.frames = frames, .blocks = 4, .most = most});
    while (clients->returns(0).count() < 20) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    timer.emplace(clients->returns(0)[19] + 2 * even_ns + even_ns / 2, even_ns, most);
  }
  const std::size_t from = clients->returns(0).count() + 1;
  for (auto _ : state) {
    std::this_thread::sleep_for(std::chrono::nanoseconds(even_ns));
    bare.begin();
    wakes.add(bare.step());
  }
  const Evenness timers("", timer->end(), 2, even_ns);
  const Evenness done(name, clients->returns(0), from, even_ns);
  done.errors.report(state);
  timers.errors.report(state, "timer_");
  wakes.report(state, "futex_");
  state.counters["timer_and_wake_p50"] = timers.errors.percentile(0.5) + wakes.percentile(0.5);
  state.counters["bursts"] = static_cast<double>(done.bursts);
  state.counters["timer_bursts"] = static_cast<double>(timers.bursts);
  state.counters["rate_percent"] = done.rate_percent;
}

}  // namespace

void register_jitter() {
  for (const std::uint32_t block_ms : {10U, 5U, 2U}) {
    add_events(
        "wom_done/block_ms:" + std::to_string(block_ms) + "/blocks:4",
        [block_ms](benchmark::State& state, const std::string& name) { measure(state, name, block_ms); });
  }
}

}  // namespace refwave::bench
