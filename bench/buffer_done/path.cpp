#include "bench/buffer_done/path.h"

#include <optional>
#include <stdexcept>
#include <thread>

#include "bench/buffer_done/driver_callback.h"
#include "bench/buffer_done/lives.h"
#include "bench/buffer_done/session.h"
#include "bench/buffer_done/threads.h"
#include "bench/common/futex_wake.h"
#include "bench/common/run.h"

namespace refwave::bench {
namespace {

constexpr std::int64_t kRate = 48'000;
constexpr std::size_t kWarmUpMs = 300;  // the predictive notifier learns meanwhile

struct Way {
  std::string completion = "deferred";
  std::string wake = "park";
  Callback callback = Callback::function;
  bool noswitch = true;
  std::uint32_t streams = 1;
  std::uint32_t period = 480;
  Priority priority = Priority::ordinary;

  bool parks() const { return completion == "deferred" && wake == "park"; }
  std::int64_t period_ns() const { return period * std::int64_t{1'000'000'000} / kRate; }
  std::string priority_name() const { return priority == Priority::realtime ? "realtime" : "ordinary"; }
  std::string name() const {
    return "buffer_done/completion:" + completion + "/wake:" + wake + "/callback:" + name_of(callback) +
           "/switch:" + (noswitch ? "no" : "yes") + "/streams:" + std::to_string(streams) +
           "/period:" + std::to_string(period) + "/priority:" + priority_name();
  }
  std::string settings() const {
    return "output=clocked; rate=48000; channels=2; period=" + std::to_string(period) +
           "; completion=" + completion + "; wake=" + wake + "; notifier_priority=" + priority_name();
  }
};

/// Moments half-way between the device's periods, when the path has come to rest.
class Lulls {
 public:
  Lulls(const Returns& returns, std::int64_t period_ns) : returns_(returns), period_ns_(period_ns) {}

  void wait_for_next() {
    const std::int64_t newest = returns_[returns_.count() - 1];
    const std::int64_t now = now_ns();
    std::int64_t next = newest + period_ns_ / 2;
    while (next <= std::max(now, last_ + period_ns_ / 4)) next += period_ns_;
    last_ = next;
    std::this_thread::sleep_for(std::chrono::nanoseconds(next - now));
  }

 private:
  const Returns& returns_;
  const std::int64_t period_ns_;
  std::int64_t last_ = 0;
};

/// Effects: the audio thread's core is the near one, the notifiers' the far one, unless they choose
/// themselves.
void place_threads(const Way& way) {
  for (const int thread : threads_named("refwave-audio")) pin_thread(thread, cores().near);
  if (way.wake == "predict") return;
  for (const int thread : threads_named("refwave-notify")) pin_thread(thread, cores().far);
}

std::int64_t notifiers_time_ns() {
  std::int64_t sum = 0;
  for (const int thread : threads_named("refwave-notify")) sum += thread_time_ns(thread);
  return sum;
}

void wait_for_returns(const Clients& clients, std::size_t count) {
  const std::int64_t deadline = now_ns() + 10'000'000'000;
  while (clients.returns(0).count() < count) {
    if (now_ns() > deadline) throw std::runtime_error("no blocks come back");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

/// What two identical futex wakes took, in turns with each other and with the path.
struct BareWakes {
  explicit BareWakes(const std::string& name, const Way& way, std::size_t most)
      : one(cores().far, way.priority, std::chrono::nanoseconds(0)),
        other(cores().far, way.priority, std::chrono::nanoseconds(0)),
        ones(name, most),
        others(name, most),
        waker(name, most) {}

  void wake_in_turn() {
    FutexWake& side = first_ ? one : other;
    side.begin();
    side.wake();
    const Wake wake = side.finish();
    (first_ ? ones : others).add(wake.latency_ns);
    waker.add(wake.waker_ns);
    first_ = !first_;
  }
  void report(benchmark::State& state) const {
    ones.report(state, "futex_");
    others.report(state, "futex2_");
    waker.report(state, "futex_waker_");
  }

  FutexWake one;
  FutexWake other;
  Samples ones;
  Samples others;
  Samples waker;

 private:
  bool first_ = true;
};

/// Effects: what it took while nobody traced: from the wake's own stamp to the client's, if the notifier
/// slept; else what the driver itself has recorded since the streams were opened, from a block's last frame
/// to just before DriverCallback.
void report_untraced(benchmark::State& state, const std::string& name, const Way& way, const Clients& clients,
                     std::size_t from, const REFWAVE_STATISTICS& statistics) {
  if (way.parks() && way.streams == 1 && way.callback == Callback::function) {
    const Returns& returns = clients.returns(0);
    Samples samples(name, returns.count());
    for (std::size_t i = from; i < clients.wakes(0).count(); ++i)
      samples.add(returns[i] - clients.wakes(0)[i]);
    return samples.report(state, "untraced_");
  }
  state.counters["untraced_p50"] = static_cast<double>(statistics.ullLatencyP50Ns);
  state.counters["untraced_p99"] = static_cast<double>(statistics.ullLatencyP99Ns);
}

void measure(benchmark::State& state, const std::string& name, const Way& way) {
  Session session(way.settings());
  const std::size_t warm_up = kWarmUpMs * 1'000'000 / static_cast<std::size_t>(way.period_ns()) + 2;
  const std::size_t most = 2 * state.max_iterations + 2 * warm_up + 100;
  std::optional<Clients> clients;
  {
    const OnAnyCore notifiers_too;
    clients.emplace(ClientOptions{
        .callback = way.callback, .streams = way.streams, .frames = way.period, .blocks = 4, .most = most});
  }
  wait_for_returns(*clients, 2);
  place_threads(way);
  BareWakes bare(name, way, state.max_iterations);
  wait_for_returns(*clients, warm_up);
  std::vector<WORD> slots;
  for (std::size_t i = 0; i < clients->size(); ++i) slots.push_back(clients->slot(i));
  std::vector<REFWAVE_TRACE_EVENT> events;
  events.reserve(most * (8 + 6 * way.streams));

  Lulls lulls(clients->returns(0), way.period_ns());
  lulls.wait_for_next();
  const std::size_t untraced = state.max_iterations / 2;
  if (untraced == 0) session.start_trace();
  const REFWAVE_STATISTICS before = session.statistics();
  const std::int64_t time_before = notifiers_time_ns();
  const std::size_t returns_before = clients->returns(0).count();
  const std::int64_t begin = now_ns();
  bool whole = true;
  std::size_t done = 0;
  for (auto _ : state) {
    lulls.wait_for_next();
    bare.wake_in_turn();
    if (done == untraced) {
      report_untraced(state, name, way, *clients, returns_before, session.statistics());
      session.start_trace();
    }
    if (++done > untraced) whole = session.read_trace(events) && whole;
  }
  lulls.wait_for_next();
  whole = session.read_trace(events) && whole;
  const auto passed = static_cast<double>(now_ns() - begin);
  const REFWAVE_STATISTICS after = session.statistics();
  Pieces pieces(name, 2 * state.max_iterations + 8, way.streams);
  take_apart(events, *clients, slots, way.parks() ? Begin::wake : Begin::release, pieces);
  pieces.report(state, way.streams);
  bare.report(state);
  state.counters["notifier_cpu_percent"] =
      100 * static_cast<double>(notifiers_time_ns() - time_before) / passed;
  state.counters["spun_percent"] = 100 * static_cast<double>(after.ullSpunNs - before.ullSpunNs) / passed;
  const auto periods = static_cast<double>(clients->returns(0).count() - returns_before);
  state.counters["wakes_a_period"] = static_cast<double>(after.ullWakes - before.ullWakes) / periods;
  state.counters["further_wakes_a_period"] =
      static_cast<double>(after.ullHandOns - before.ullHandOns) / periods;
  state.counters["periods"] = periods;
  state.counters["stamp_ns"] = session.trace_cost_ns();
  state.counters["realtime_notifiers"] = static_cast<double>(after.dwRealtimeNotifiers);
  if (!whole) state.SkipWithError("the trace has lost events");
}

void register_path(const Way& way) {
  add_events(way.name(), [way](benchmark::State& state, const std::string& name) {
    let_noswitch_through(way.noswitch);
    try {
      measure(state, name, way);
    } catch (const std::exception& problem) {
      state.SkipWithError(problem.what());
    }
    let_noswitch_through(true);
  });
}

}  // namespace

void register_paths() {
  const std::pair<const char*, const char*> policies[] = {
      {"deferred", "park"}, {"deferred", "predict"}, {"deferred", "spin"}, {"direct", "park"}};
  const std::pair<Callback, bool> callbacks[] = {{Callback::function, true},
                                                 {Callback::function, false},
                                                 {Callback::window, true},
                                                 {Callback::event, true}};
  for (const auto& [completion, wake] : policies) {
    for (const auto& [callback, noswitch] : callbacks) {
      for (const std::uint32_t streams : {1U, 8U, 64U}) {
        for (const std::uint32_t period : {48U, 64U, 240U, 480U, 960U, 4'800U}) {
          for (const Priority priority : {Priority::ordinary, Priority::realtime}) {
            register_path({.completion = completion,
                           .wake = wake,
                           .callback = callback,
                           .noswitch = noswitch,
                           .streams = streams,
                           .period = period,
                           .priority = priority});
          }
        }
      }
    }
  }
}

}  // namespace refwave::bench
