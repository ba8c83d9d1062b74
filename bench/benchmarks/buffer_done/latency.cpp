// Buffer-done latency through the real driver and libwinmm: from when a notifier can see that a block is done
// to the first instruction of the client's callback. Beside it, in the same rhythm, a bare wake-up of a
// sleeping thread.
#include <algorithm>
#include <atomic>
#include <functional>
#include <stdexcept>
#include <thread>
#include <unordered_map>

#include "bench/benchmarks/buffer_done/clients.h"
#include "bench/benchmarks/common/samples.h"
#include "bench/measure/bare_wake.h"
#include "bench/trace/driver_trace.h"

namespace refwave::bench {
namespace {

using Events = std::vector<REFWAVE_TRACE_EVENT>;

constexpr std::int64_t kWarmUpNs = 1'000'000'000;  // the predictive notifier learns meanwhile
constexpr const char* kRefused = "the system does not grant this priority";

struct Way {
  std::string wake = "park";  // of the driver's configuration
  std::int64_t period_ms = 1;
  std::string priority;  // the notifiers'
  std::uint32_t streams = 1;

  std::string name(const std::string& family) const {
    return family + "/" + std::to_string(period_ms) + "ms/" + priority +
           (streams == 1 ? "" : "/x" + std::to_string(streams));
  }
  std::string settings() const {
    return "output=clocked; rate=48000; channels=2; period=" + std::to_string(frames()) +
           "; completion=deferred; wake=" + wake + "; notifier_priority=" + priority;
  }
  std::uint32_t frames() const { return static_cast<std::uint32_t>(48 * period_ms); }
  std::int64_t period_ns() const { return period_ms * 1'000'000; }
};

/// Effects: sleeps until the newest stream, which is notified last, has `count` blocks back.
void play(const Clients& clients, std::size_t count, const std::function<void()>& meanwhile) {
  const Returns& returns = clients.returns(clients.size() - 1);
  std::int64_t changed_ns = now_ns();
  for (std::size_t before = 0; returns.count() < count; meanwhile()) {
    if (std::exchange(before, returns.count()) != returns.count()) changed_ns = now_ns();
    if (now_ns() - changed_ns > 10'000'000'000) throw std::runtime_error("no blocks come back");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

/// Returns: from each block's READY to its return.
std::vector<double> latencies(const Events& events, const Clients& clients) {
  std::unordered_map<WORD, const Returns*> returns;
  for (std::size_t i = 0; i < clients.size(); ++i) returns[clients.slot(i)] = &clients.returns(i);
  std::vector<double> samples;
  for (const REFWAVE_TRACE_EVENT& event : events) {
    const auto stream = returns.find(event.wSlot);
    if (event.wKind != REFWAVE_TRACE_READY || stream == returns.end()) continue;
    if (event.dwBlock >= stream->second->count()) continue;
    samples.push_back(
        static_cast<double>((*stream->second)[event.dwBlock] - static_cast<std::int64_t>(event.ullNs)));
  }
  return samples;
}

/// Returns: what each period's hand-over to the notifiers cost the audio thread.
std::vector<double> hand_overs(const Events& events) {
  std::vector<double> samples;
  ULONGLONG rendered_ns = 0;
  for (const REFWAVE_TRACE_EVENT& event : events) {
    if (event.wKind == REFWAVE_TRACE_RENDERED) rendered_ns = event.ullNs;
    const bool is_over = event.wKind == REFWAVE_TRACE_WAKE_SENT || event.wKind == REFWAVE_TRACE_WAKE_SPARED;
    if (is_over && rendered_ns != 0) samples.push_back(static_cast<double>(event.ullNs - rendered_ns));
  }
  return samples;
}

/// Effects: plays so many blocks. Counters: `waker`: the median cost to the audio thread; `cpu%`: the
/// notifiers' share of a core, callbacks included; `wakes` and `handed` of a period: by the audio thread,
/// and by notifiers.
std::vector<double> measure(benchmark::State& state, const Way& way, std::size_t blocks) {
  constexpr unsigned kKinds = 1U << REFWAVE_TRACE_READY | 1U << REFWAVE_TRACE_RENDERED |
                              1U << REFWAVE_TRACE_WAKE_SENT | 1U << REFWAVE_TRACE_WAKE_SPARED;
  const auto warm_up = static_cast<std::size_t>(kWarmUpNs / way.period_ns());
  const auto session = load(way.settings());
  const Clients clients(
      {.streams = way.streams, .frames = way.frames(), .blocks = 4, .most = 2 * (warm_up + blocks) + 1'000});
  // The notifiers of `predict` choose their own core.
  pin_threads("refwave-audio", cores().near);
  if (way.wake != "predict") pin_threads("refwave-notify", cores().far);
  play(clients, warm_up, [] {});
  const Returns& returns = clients.returns(way.streams - 1);
  const REFWAVE_STATISTICS before = session->counters();
  const std::int64_t begun_ns = now_ns();
  const std::int64_t used_ns = time_ns_of("refwave-notify");
  const std::size_t first = returns.count();
  trace::DriverTrace trace(session->handle(), kKinds);
  Events events;
  play(clients, first + blocks + 8, [&] { trace.read(events); });
  if (trace.lost() != 0) throw std::runtime_error("the trace has lost events");
  const auto periods = static_cast<double>(returns.count() - first);
  const REFWAVE_STATISTICS after = session->counters();
  if (way.priority == "realtime" && after.dwRealtimeNotifiers == 0) throw std::runtime_error(kRefused);
  state.counters["waker"] = median(hand_overs(events));
  state.counters["cpu%"] = 100 * static_cast<double>(time_ns_of("refwave-notify") - used_ns) /
                           static_cast<double>(now_ns() - begun_ns);
  state.counters["wakes"] = static_cast<double>(after.ullWakes - before.ullWakes) / periods;
  state.counters["handed"] = static_cast<double>(after.ullHandOns - before.ullHandOns) / periods;
  return latencies(events, clients);
}

std::vector<double> measure_wakes(benchmark::State& state, const Way& way, std::size_t count) {
  std::atomic<bool> is_refused{false};
  measure::BareWake bare(std::chrono::nanoseconds(way.period_ns()), measure::BareWake::Phase::even, [&] {
    pin_to(cores().far);
    is_refused = way.priority == "realtime" && !become_realtime();
  });
  std::vector<double> latency;
  std::vector<double> waker;
  while (latency.size() < count && !is_refused) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    for (const measure::BareWake::Wake& wake : bare.take()) {
      latency.push_back(static_cast<double>(wake.running_ns - wake.signalled_ns));
      waker.push_back(static_cast<double>(wake.cost_ns));
    }
  }
  if (is_refused) throw std::runtime_error(kRefused);
  state.counters["waker"] = median(std::move(waker));
  return latency;
}

}  // namespace

void register_latencies(double seconds) {
  for (const std::int64_t period_ms : {1, 10}) {
    const auto blocks =
        static_cast<std::size_t>(std::max(20.0, seconds * 1'000 / static_cast<double>(period_ms)));
    for (const char* const priority : {"ordinary", "realtime"}) {
      for (const char* const wake : {"park", "predict"}) {
        const Way way{.wake = wake, .period_ms = period_ms, .priority = priority};
        add_events(way.name(std::string("buffer_done/") + wake), blocks,
                   [way, blocks](benchmark::State& state) { return measure(state, way, blocks); });
      }
      const Way way{.period_ms = period_ms, .priority = priority};
      add_events(way.name("bare_wake"), blocks,
                 [way, blocks](benchmark::State& state) { return measure_wakes(state, way, blocks); });
    }
  }
  const Way many{.wake = "park", .period_ms = 10, .priority = "ordinary", .streams = 64};
  const auto blocks = static_cast<std::size_t>(std::max(20.0, seconds * 100));
  add_events(many.name("buffer_done/park"), blocks * many.streams * 9 / 10,
             [many, blocks](benchmark::State& state) { return measure(state, many, blocks); });
}

}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave::bench;
  register_calls();
  register_latencies(seconds_asked(argc, argv));
  return run(argc, argv);
}
