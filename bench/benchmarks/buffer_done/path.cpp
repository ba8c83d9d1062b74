// Measures the time from the audio thread to a client's callback, and divides it between driver, machine and
// client. bench/README.md explains the method and the figures.
#include "bench/benchmarks/buffer_done/path.h"

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <thread>
#include <unordered_map>
#include <utility>

#include "bench/benchmarks/buffer_done/clients.h"
#include "bench/benchmarks/buffer_done/session.h"
#include "bench/benchmarks/common/futex_wake.h"
#include "bench/benchmarks/common/samples.h"
#include "bench/trace/block_pieces.h"

namespace refwave::bench {
namespace {

constexpr std::int64_t kRate = 48'000;
constexpr std::size_t kWarmUpMs = 1'000;  // the predictive notifier learns meanwhile

struct Way {
  std::string wake = "park";
  std::uint32_t streams = 1;
  std::uint32_t period = 480;
  Priority priority = Priority::ordinary;

  bool parks() const { return wake == "park"; }
  std::int64_t period_ns() const { return period * std::int64_t{1'000'000'000} / kRate; }
  std::string priority_name() const { return priority == Priority::realtime ? "realtime" : "ordinary"; }
  std::string name() const {
    return "buffer_done/completion:deferred/wake:" + wake + "/streams:" + std::to_string(streams) +
           "/period:" + std::to_string(period) + "/priority:" + priority_name();
  }
  std::string settings() const {
    return "output=clocked; rate=48000; channels=2; period=" + std::to_string(period) +
           "; completion=deferred; wake=" + wake + "; notifier_priority=" + priority_name();
  }
};

/// Lulls: moments half-way between the device's periods, when the path is idle. The clocked device's periods
/// are even; the most punctual return says when they begin.
class Lulls {
 public:
  Lulls(const Returns& returns, std::int64_t period_ns) : period_ns_(period_ns), one_ns_(returns[0]) {
    for (std::size_t i = 0; i < returns.count(); ++i)
      one_ns_ = std::min(one_ns_, returns[i] - static_cast<std::int64_t>(i) * period_ns);
    one_ns_ += period_ns / 2;
  }

  void wait_for_next() const {
    const std::int64_t now = now_ns();
    const std::int64_t next = one_ns_ + ((now - one_ns_) / period_ns_ + 1) * period_ns_;
    std::this_thread::sleep_for(std::chrono::nanoseconds(next - now));
  }

 private:
  const std::int64_t period_ns_;
  std::int64_t one_ns_;
};

/// Effects: pins the audio thread to the near core and the notifiers to the far core, unless they choose
/// their own.
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

/// Returns: the returns of the newest stream, whose client is notified last.
const Returns& returns_of(const Clients& clients) { return clients.returns(clients.size() - 1); }

void wait_for_returns(const Clients& clients, std::size_t count) {
  const std::int64_t deadline = now_ns() + 10'000'000'000;
  while (returns_of(clients).count() < count) {
    if (now_ns() > deadline) throw std::runtime_error("no blocks come back");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

/// The times of two identical futex wakes, each and together.
struct WakeTimes {
  explicit WakeTimes(std::size_t most) : both(most), ones(most), others(most), waker(most) {}

  void report(benchmark::State& state, const std::string& prefix) const {
    both.report(state, prefix + "futex_");
    ones.report(state, prefix + "futex1_");
    others.report(state, prefix + "futex2_");
    waker.report(state, prefix + "futex_waker_");
  }

  Samples both;
  Samples ones;
  Samples others;
  Samples waker;
};

/// The two sleepers, in turns with the path and with each other: one, other, other, one, so that periodic
/// work of the machine meets both.
class BareWakes {
 public:
  explicit BareWakes(Priority priority)
      : one_(cores().far, priority, std::chrono::nanoseconds(0)),
        other_(cores().far, priority, std::chrono::nanoseconds(0)) {}

  void wake_in_turn(WakeTimes& times) {
    const bool ones = turn_ % 4 == 0 || turn_ % 4 == 3;
    ++turn_;
    FutexWake& side = ones ? one_ : other_;
    side.begin();
    side.wake();
    const Wake wake = side.finish();
    times.both.add(wake.latency_ns);
    (ones ? times.ones : times.others).add(wake.latency_ns);
    times.waker.add(wake.waker_ns);
  }

 private:
  FutexWake one_;
  FutexWake other_;
  std::size_t turn_ = 0;
};

/// The counters of the driver and its notifiers at a moment.
struct Tally {
  Tally(const Session& session, const Clients& clients)
      : driver(session.statistics()),
        notifiers_ns(notifiers_time_ns()),
        periods(returns_of(clients).count()),
        ns(now_ns()) {}

  REFWAVE_STATISTICS driver;
  std::int64_t notifiers_ns;
  std::size_t periods;
  std::int64_t ns;
};

void report(benchmark::State& state, const Tally& before, const Tally& after) {
  const auto passed = static_cast<double>(after.ns - before.ns);
  const auto periods = static_cast<double>(after.periods - before.periods);
  state.counters["notifier_cpu_percent"] =
      100 * static_cast<double>(after.notifiers_ns - before.notifiers_ns) / passed;
  state.counters["wakes_a_period"] =
      static_cast<double>(after.driver.ullWakes - before.driver.ullWakes) / periods;
  state.counters["further_wakes_a_period"] =
      static_cast<double>(after.driver.ullHandOns - before.driver.ullHandOns) / periods;
  state.counters["realtime_notifiers"] = static_cast<double>(after.driver.dwRealtimeNotifiers);
}

/// The streams by their numbers in the trace.
using StreamOfSlot = std::unordered_map<WORD, std::size_t>;

StreamOfSlot streams_of(const Clients& clients) {
  StreamOfSlot streams;
  for (std::size_t i = 0; i < clients.size(); ++i) streams[clients.slot(i)] = i;
  return streams;
}

using Span = std::pair<std::int64_t, std::int64_t>;

/// Returns: how much of `whole` lies in at least one of the spans. Callbacks that run at the same time, or of
/// which one has preempted the other, count once.
std::int64_t covered_ns(const Span& whole, std::vector<Span> spans) {
  std::sort(spans.begin(), spans.end());
  std::int64_t covered = 0;
  std::int64_t seen = whole.first;
  for (const auto& [from, to] : spans) {
    const std::int64_t begin = std::max(from, seen);
    seen = std::max(seen, std::min(to, whole.second));
    covered += std::max<std::int64_t>(0, seen - begin);
  }
  return covered;
}

/// Returns: the blocks of each period, by the time at which it was rendered.
std::map<std::int64_t, std::vector<trace::BlockLife>> by_period(
    const std::vector<REFWAVE_TRACE_EVENT>& events, const Clients& clients) {
  trace::BlockLives lives;
  for (const auto& [slot, stream] : streams_of(clients)) {
    const Returns& returns = clients.returns(stream);
    for (std::size_t i = 0; i < returns.count(); ++i)
      lives.add(trace::ClientStamp{slot, static_cast<std::uint32_t>(i), returns[i], returns[i]});
  }
  for (const REFWAVE_TRACE_EVENT& event : events) lives.add(event);
  std::map<std::int64_t, std::vector<trace::BlockLife>> periods;
  for (const trace::BlockLife& life : lives.take()) periods[life.rendered_ns].push_back(life);
  return periods;
}

/// Returns: clients that play, with all threads on their cores.
std::unique_ptr<Clients> playing(const Way& way, std::size_t most) {
  const OnAnyCore notifiers_too;
  auto clients = std::make_unique<Clients>(
      ClientOptions{.streams = way.streams, .frames = way.period, .blocks = 4, .most = most});
  wait_for_returns(*clients, 2);
  place_threads(way);
  return clients;
}

/// One benchmark's periods, with bare wakes in their lulls. Most are lean, with one stamp of the driver's or
/// none. The last quarter is traced.
class Run {
 public:
  Run(benchmark::State& state, const Way& way);

  void measure();

 private:
  /// Returns: the most periods that the clients of a run play, the periods before the first lull included.
  std::size_t most() const { return 2 * most_iterations(state_) + 2 * warm_up() + 100; }
  std::size_t warm_up() const {
    return kWarmUpMs * 1'000'000 / static_cast<std::size_t>(way_.period_ns()) + 2;
  }
  /// Returns: whether the trace is whole.
  bool pass_periods(const Lulls& lulls, const Tally& before);
  void report_lean(const Tally& before) const;
  void report_lean_wakes(const Tally& before) const;
  void report_lean_looks() const;
  void report_traced() const;

  benchmark::State& state_;
  const Way& way_;
  Session session_;
  std::unique_ptr<Clients> clients_;
  BareWakes bare_;
  WakeTimes lean_wakes_;
  WakeTimes wakes_;
  std::vector<REFWAVE_TRACE_EVENT> lean_events_;
  std::vector<REFWAVE_TRACE_EVENT> events_;
};

Run::Run(benchmark::State& state, const Way& way)
    : state_(state),
      way_(way),
      session_(way.settings()),
      clients_(playing(way, most())),
      bare_(way.priority),
      lean_wakes_(most_iterations(state)),
      wakes_(most_iterations(state)) {
  lean_events_.reserve(most() * way.streams);
  events_.reserve(most() * (8 + 6 * way.streams));
  wait_for_returns(*clients_, warm_up());
}

void Run::measure() {
  const Lulls lulls(returns_of(*clients_), way_.period_ns());
  lulls.wait_for_next();
  const Tally before(session_, *clients_);
  const bool whole = pass_periods(lulls, before);
  report(state_, before, Tally(session_, *clients_));
  report_traced();
  if (!whole) state_.SkipWithError("the trace has lost events");
}

bool Run::pass_periods(const Lulls& lulls, const Tally& before) {
  const std::size_t lean = most_iterations(state_) * 3 / 4;
  if (lean == 0) session_.start_trace();
  if (lean != 0 && !way_.parks()) session_.start_trace(1U << REFWAVE_TRACE_READY);
  bool whole = true;
  std::size_t done = 0;
  for (auto _ : state_) {
    lulls.wait_for_next();
    bare_.wake_in_turn(done < lean ? lean_wakes_ : wakes_);
    whole = session_.read_trace(done < lean ? lean_events_ : events_) && whole;
    if (++done == lean) {
      report_lean(before);
      session_.start_trace();
    }
  }
  lulls.wait_for_next();
  return session_.read_trace(events_) && whole;
}

void Run::report_lean(const Tally& before) const {
  if (way_.parks() && way_.streams == 1) report_lean_wakes(before);
  if (!way_.parks()) report_lean_looks();
}

/// Effects: reports, for a notifier that slept, the time from the wake's stamp to the client's.
void Run::report_lean_wakes(const Tally& before) const {
  const Returns& returns = clients_->returns(0);
  const Returns& wakes = clients_->wakes(0);
  Samples samples(returns.count());
  for (std::size_t i = before.periods; i < wakes.count(); ++i) {
    // Otherwise it is still awake, after a stall of the machine.
    const bool woken = i == 0 || wakes[i] != wakes[i - 1];
    if (woken) samples.add(returns[i] - wakes[i]);
  }
  samples.report(state_, "lean_");
}

/// Effects: reports, for polling notifiers, the time from when they could see the block to the client's
/// stamp.
void Run::report_lean_looks() const {
  const StreamOfSlot streams = streams_of(*clients_);
  Samples samples(lean_events_.size());
  for (const REFWAVE_TRACE_EVENT& event : lean_events_) {
    const auto stream = streams.find(event.wSlot);
    if (stream == streams.end() || event.dwBlock >= clients_->returns(stream->second).count()) continue;
    samples.add(clients_->returns(stream->second)[event.dwBlock] - static_cast<std::int64_t>(event.ullNs));
  }
  samples.report(state_, "lean_");
}

/// Effects: reports the traced periods. A return begins when the audio thread has rendered the period and
/// wakes a notifier that sleeps, or when a notifier that is awake may notify the client of the block.
void Run::report_traced() const {
  const std::size_t most_periods = 2 * most_iterations(state_) + 8;
  Samples latency(most_periods * way_.streams);  // to the client's first instruction, each block
  Samples beyond(most_periods);     // from the wake to the last client, while no client's callback ran
  Samples callbacks(most_periods);  // all of the period's, from call to return
  Samples waker(most_periods);      // rendered → the audio thread's wake is over
  for (const auto& [rendered, blocks] : by_period(events_, *clients_)) {
    std::int64_t last = 0;
    std::int64_t called_ns = 0;
    std::vector<Span> calls;
    for (const trace::BlockLife& life : blocks) {
      latency.add(life.entered_ns - (way_.parks() ? rendered : life.released_ns));
      last = std::max(last, life.entered_ns);
      calls.emplace_back(life.calling_ns, life.called_ns);
      called_ns += life.called_ns - life.calling_ns;
    }
    beyond.add(last - rendered - covered_ns({rendered, last}, std::move(calls)));
    callbacks.add(called_ns);
    const trace::BlockLife& one = blocks.front();
    if (one.wake != trace::WakeOf::none) waker.add(one.signalled_ns - rendered);
  }
  latency.report(state_);
  waker.report(state_, "waker_");
  if (way_.streams > 1) beyond.report(state_, "last_beyond_own_");
  lean_wakes_.report(state_, "lean_");
  wakes_.report(state_, "");
  if (way_.streams == 1 && callbacks.count() != 0) {
    const double callbacks_ns = callbacks.percentile(0.5);
    state_.counters["callbacks_p50"] = callbacks_ns;
    state_.counters["own_cpu_percent"] =
        state_.counters["notifier_cpu_percent"] - 100 * callbacks_ns / static_cast<double>(way_.period_ns());
  }
  state_.counters["stamp_ns"] = session_.trace_cost_ns();
}

void register_path(const Way& way) {
  add_events(way.name(), [way](benchmark::State& state) {
    try {
      Run(state, way).measure();
    } catch (const std::exception& problem) {
      state.SkipWithError(problem.what());
    }
  });
}

/// Effects: registers every combination of wake, streams, period and priority.
void register_ways() {
  for (const char* const wake : {"park", "predict"}) {
    for (const std::uint32_t streams : {1U, 8U, 64U}) {
      for (const std::uint32_t period : {48U, 64U, 240U, 480U, 960U, 4'800U}) {
        for (const Priority priority : {Priority::ordinary, Priority::realtime}) {
          register_path({.wake = wake, .streams = streams, .period = period, .priority = priority});
        }
      }
    }
  }
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave::bench;
  register_calls();
  register_publishing();
  register_ways();
  return run(argc, argv);
}
