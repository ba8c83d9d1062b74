#include "bench/benchmarks/buffer_done/lives.h"

#include <algorithm>
#include <map>
#include <utility>

#include "bench/trace/block_pieces.h"

namespace refwave::bench {
namespace {

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
    const std::vector<REFWAVE_TRACE_EVENT>& events, const Clients& clients, const StreamOfSlot& streams) {
  trace::BlockLives lives;
  for (const auto& [slot, stream] : streams) {
    const Returns& returns = clients.returns(stream);
    for (std::size_t i = 0; i < returns.count(); ++i)
      lives.add(trace::ClientStamp{slot, static_cast<std::uint32_t>(i), returns[i], returns[i]});
  }
  for (const REFWAVE_TRACE_EVENT& event : events) lives.add(event);
  std::map<std::int64_t, std::vector<trace::BlockLife>> periods;
  for (const trace::BlockLife& life : lives.take()) periods[life.rendered_ns].push_back(life);
  return periods;
}

}  // namespace

Returned::Returned(std::size_t periods, std::size_t streams)
    : latency(periods * streams), beyond(periods), callbacks(periods), waker(periods) {}

void Returned::report(benchmark::State& state, std::size_t streams) const {
  latency.report(state);
  waker.report(state, "waker_");
  if (streams == 1) return;
  beyond.report(state, "last_beyond_own_");
}

void take_apart(const std::vector<REFWAVE_TRACE_EVENT>& events, const Clients& clients,
                const StreamOfSlot& streams, Begin begin, Returned& returned) {
  for (const auto& [rendered, blocks] : by_period(events, clients, streams)) {
    std::int64_t last = 0;
    std::int64_t callbacks = 0;
    std::vector<Span> calls;
    for (const trace::BlockLife& life : blocks) {
      returned.latency.add(life.entered_ns - (begin == Begin::wake ? rendered : life.released_ns));
      last = std::max(last, life.entered_ns);
      calls.emplace_back(life.calling_ns, life.called_ns);
      callbacks += life.called_ns - life.calling_ns;
    }
    const std::int64_t own = covered_ns({rendered, last}, std::move(calls));
    returned.beyond.add(last - rendered - own);
    returned.callbacks.add(callbacks);
    const trace::BlockLife& one = blocks.front();
    if (one.wake != trace::WakeOf::none) returned.waker.add(one.signalled_ns - rendered);
  }
}

}  // namespace refwave::bench
