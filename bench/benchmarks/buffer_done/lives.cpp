#include "bench/benchmarks/buffer_done/lives.h"

#include <algorithm>
#include <utility>

namespace refwave::bench {
namespace {

struct Life {
  std::int64_t finished = 0, released = 0, claimed = 0, calling = 0, called = 0;
};

/// One period in which blocks were done.
struct Period {
  std::int64_t rendered = 0, woken = 0, role_taken = 0;
  std::vector<std::pair<std::size_t, DWORD>> blocks;  // stream, number
};

/// The trace, sorted into periods and lives.
class Reading {
 public:
  Reading(const std::vector<REFWAVE_TRACE_EVENT>& events, const StreamOfSlot& streams, std::size_t most)
      : stream_of_(streams), lives_(most) {
    auto sorted = events;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.ullNs < b.ullNs; });
    for (const auto& event : sorted) take(event);
  }

  const std::vector<Period>& periods() const { return periods_; }
  const Life& life(std::size_t stream, DWORD block) { return lives_[stream][block]; }

 private:
  void take(const REFWAVE_TRACE_EVENT& event) {
    const auto ns = static_cast<std::int64_t>(event.ullNs);
    switch (event.wKind) {
      case REFWAVE_TRACE_PERIOD_BEGIN:
        periods_.emplace_back();
        return;
      case REFWAVE_TRACE_RENDERED:
        if (!periods_.empty()) periods_.back().rendered = ns;
        return;
      case REFWAVE_TRACE_WAKE_SENT:
      case REFWAVE_TRACE_WAKE_SPARED:
        if (!periods_.empty() && periods_.back().woken == 0) periods_.back().woken = ns;
        return;
      case REFWAVE_TRACE_ROLE_TAKEN:
        if (!periods_.empty() && periods_.back().role_taken == 0) periods_.back().role_taken = ns;
        return;
      default:
        break;
    }
    const auto stream = stream_of_.find(event.wSlot);
    if (stream != stream_of_.end()) take_block(event, stream->second, ns);
  }

  void take_block(const REFWAVE_TRACE_EVENT& event, std::size_t stream, std::int64_t ns) {
    Life& life = lives_[stream][event.dwBlock];
    switch (event.wKind) {
      case REFWAVE_TRACE_FINISHED:
        life.finished = ns;
        if (!periods_.empty()) periods_.back().blocks.emplace_back(stream, event.dwBlock);
        return;
      case REFWAVE_TRACE_RELEASED:
        life.released = ns;
        return;
      case REFWAVE_TRACE_CALLING:
        life.calling = ns;
        return;
      case REFWAVE_TRACE_CALLED:
        life.called = ns;
        return;
      default:
        return;
    }
  }

  const StreamOfSlot& stream_of_;
  std::vector<std::unordered_map<DWORD, Life>> lives_;
  std::vector<Period> periods_;
};

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

void report_p50(benchmark::State& state, const char* name, const Samples& samples) {
  if (samples.count() != 0) state.counters[name] = samples.percentile(0.5);
}

}  // namespace

Pieces::Pieces(const std::string& name, std::size_t periods, std::size_t streams)
    : latency(name, periods * streams),
      last(name, periods),
      beyond(name, periods),
      own(name, periods),
      callbacks(name, periods),
      rest(name, periods * streams),
      waker(name, periods),
      wake(name, periods),
      notifier(name, periods * streams),
      callback(name, periods * streams) {}

void Pieces::report(benchmark::State& state, std::size_t streams) const {
  latency.report(state);
  waker.report(state, "waker_");
  if (streams > 1) {
    report_p50(state, "callbacks_own", own);
    last.report(state, "last_");
    beyond.report(state, "last_beyond_own_");
  }
  report_p50(state, "piece_rest", rest);
  report_p50(state, "piece_wake", wake);
  report_p50(state, "piece_notifier", notifier);
  report_p50(state, "piece_callback", callback);
}

void take_apart(const std::vector<REFWAVE_TRACE_EVENT>& events, const Clients& clients,
                const StreamOfSlot& streams, Begin begin, Pieces& pieces) {
  Reading reading(events, streams, clients.size());
  for (const Period& period : reading.periods()) {
    std::int64_t last = 0;
    std::int64_t callbacks = 0;
    std::vector<Span> calls;
    bool whole = period.rendered != 0 && !period.blocks.empty();
    for (const auto& [stream, block] : period.blocks) {
      const Life& life = reading.life(stream, block);
      whole = whole && life.released != 0 && life.calling != 0 && life.called != 0 &&
              block < clients.returns(stream).count();
    }
    if (!whole) continue;
    const bool slept = period.role_taken > period.rendered;
    for (const auto& [stream, block] : period.blocks) {
      const Life& life = reading.life(stream, block);
      const std::int64_t client = clients.returns(stream)[block];
      pieces.latency.add(client - (begin == Begin::wake ? period.rendered : life.released));
      pieces.rest.add(period.rendered - life.finished);
      pieces.notifier.add(life.calling - (slept ? period.role_taken : life.released));
      pieces.callback.add(client - life.calling);
      last = std::max(last, client);
      calls.emplace_back(life.calling, life.called);
      callbacks += life.called - life.calling;
    }
    const std::int64_t own = covered_ns({period.rendered, last}, std::move(calls));
    pieces.last.add(last - period.rendered);
    pieces.beyond.add(last - period.rendered - own);
    pieces.own.add(own);
    pieces.callbacks.add(callbacks);
    if (period.woken != 0) pieces.waker.add(period.woken - period.rendered);
    if (slept) pieces.wake.add(period.role_taken - period.rendered);
  }
}

}  // namespace refwave::bench
