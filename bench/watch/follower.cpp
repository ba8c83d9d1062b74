#include <algorithm>
#include <functional>
#include <iterator>
#include <limits>
#include <utility>

#include "bench/watch/watch.h"
#include "driver/core/handover/latency_histogram.h"

namespace refwave::watching {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kRecent = 5 * kSecond;
constexpr std::size_t kMostClicks = 1000;
constexpr std::size_t kMostClosed = 64;
constexpr std::size_t kMostGaps = 4096;

/// Returns: null if there is none.
const Stream* stream_of(const Process& process, std::uint64_t id) {
  const auto found = std::ranges::find(process.streams, id, &Stream::id);
  return found == process.streams.end() ? nullptr : &*found;
}

/// Returns: how long after an event nothing more is added to it: the record is written, and the device, which
/// may hold 2.5 s, is full again.
std::int64_t settling_ns(const Process& process) {
  std::int64_t latency_ns = 0;
  for (const Device& device : process.devices)
    if (device.rate != 0) latency_ns = std::max(latency_ns, device.latency_frames * kSecond / device.rate);
  return kSecond / 2 + std::min(latency_ns, 5 * kSecond / 2);
}

void note(Followed& followed, const Click& click) {
  auto& clicks = followed.clicks;
  if (click.count != 0) clicks.push_back(click);
  for (; clicks.size() > kMostClicks; clicks.pop_front()) followed.lost_clicks += clicks.front().count;
}

/// Effects: judges the events that had ended by then, and forgets old gaps.
void judge(Followed& followed, std::int64_t until_ns) {
  constexpr std::int64_t kWitnessNs = 3 * kSecond;
  const std::vector<Event> events = events_of(followed.gaps, followed.now.devices);
  for (const Event& event : events) {
    if (event.ended_at <= followed.judged_at || event.ended_at > until_ns) continue;
    // It is a part of the click of the device that dropped sound.
    if (event.ended_at <= followed.dropped_at && event.ended_at > followed.dropped_at - kSecond) continue;
    const Verdict verdict = cause_of(event);
    note(followed, {event.ended_at, event.stream, verdict.cause, 1, verdict.late_ns});
  }
  followed.judged_at = std::max(followed.judged_at, until_ns);
  const std::int64_t old_ns = followed.judged_at - kWitnessNs;
  const auto kept = std::ranges::find_if(events, [&](const Event& one) { return one.ended_at >= old_ns; });
  // A part of an event would make other events of those that follow.
  const std::int64_t kept_from = kept != events.end() ? kept->began_at : old_ns;
  std::erase_if(followed.gaps,
                [&](const auto& gap) { return gap.ended_at < old_ns && gap.began_at < kept_from; });
}

/// Effects: adds clicks without a gap, and the new gaps.
void take_clicks(Followed& followed, const Process& process) {
  const Process& before = followed.now;
  const std::int64_t read_ns = process.head.updated_ns;
  for (std::size_t i = 0; i < process.devices.size(); ++i) {
    const Device then = i < before.devices.size() ? before.devices[i] : Device();
    note(followed, {read_ns, 0, Cause::device_lost, process.devices[i].losses - then.losses});
    if (process.devices[i].dropped_ns == then.dropped_ns) continue;
    note(followed, {read_ns, 0, Cause::device_drops, 1});
    followed.dropped_at = read_ns;
  }
  const std::uint64_t fresh = process.head.gaps - before.head.gaps;
  const auto kept = static_cast<std::size_t>(std::min<std::uint64_t>(fresh, process.gaps.size()));
  auto& gaps = followed.gaps;
  gaps.insert(gaps.end(), process.gaps.end() - static_cast<std::ptrdiff_t>(kept), process.gaps.end());
  if (gaps.size() > kMostGaps) gaps.erase(gaps.begin(), gaps.end() - kMostGaps);
  // How many of the lost gaps were clicks is not known, nor when those before the first reading were.
  const std::uint64_t lost = fresh - kept + process.head.lost_gaps - before.head.lost_gaps;
  if (before.head.made_ns != 0 && lost != 0 && followed.dropped_at != read_ns)
    note(followed, {read_ns, 0, Cause::unknown, 1});
}

/// Effects: keeps the newest of the streams that are closed, and sums over the others.
void keep_closed(Followed& followed, Process& process) {
  const auto open = static_cast<std::ptrdiff_t>(process.streams.size());
  for (const Stream& stream : followed.now.streams)
    if (stream_of(process, stream.id) == nullptr) process.streams.push_back(stream);
  while (process.streams.size() - static_cast<std::size_t>(open) > kMostClosed) {
    const auto oldest = std::ranges::min_element(process.streams.begin() + open, process.streams.end(), {},
                                                 &Stream::opened_ns);
    Stream& sum = followed.others;
    ++followed.other_streams;
    sum.latency_max_ns = std::max(sum.latency_max_ns, oldest->latency_max_ns);
    std::ranges::transform(sum.latency, oldest->latency, std::begin(sum.latency), std::plus());
    process.streams.erase(oldest);
  }
}

void take(Followed& followed, Process process, std::int64_t at_ns, Gone gone) {
  take_clicks(followed, process);
  if (process.head.updated_ns != followed.now.head.updated_ns) followed.changed_at = at_ns;
  process.devices.resize(std::max(process.devices.size(), followed.now.devices.size()));
  followed.may_click = !process.streams.empty() && process.has_open_device();
  if (gone == Gone::keep) keep_closed(followed, process);
  std::ranges::stable_sort(process.streams, {},
                           [](const Stream& stream) { return std::pair(stream.device, stream.opened_ns); });
  followed.now = std::move(process);
  judge(followed, followed.now.head.updated_ns - settling_ns(followed.now));
  auto& recent = followed.recent;
  if (recent.empty() || at_ns - recent.back().first >= kSecond) recent.emplace_back(at_ns, followed.now);
  while (recent.size() > 1 && at_ns - recent[1].first >= kRecent) recent.pop_front();
}

}  // namespace

Stream counted_since(const Process& before, Stream now) {
  const Stream* const then = stream_of(before, now.id);
  if (then == nullptr) return now;
  now.underruns -= then->underruns;
  std::ranges::transform(now.latency, then->latency, std::begin(now.latency), std::minus());
  std::size_t steps = watch::kLatencySteps;
  while (steps != 0 && now.latency[steps - 1] == 0) --steps;
  now.latency_max_ns =
      steps != 0 ? std::min(core::LatencyHistogram::upper_end(steps - 1), now.latency_max_ns) : 0;
  return now;
}

void follow(std::vector<Followed>& processes, const std::vector<Process>& found, std::int64_t at_ns,
            Gone gone) {
  for (const Process& process : found) {
    const bool is_read = process.problem.empty();
    // A record that cannot be read now may be readable the next time.
    auto followed = std::ranges::find_if(processes, [&](const Followed& one) {
      return one.now.number == process.number && (!is_read || one.now.head.made_ns == process.head.made_ns);
    });
    if (followed == processes.end())
      followed = processes.insert(followed, {.now = is_read ? Process{} : process});
    followed->seen_at = at_ns;
    if (is_read) take(*followed, process, at_ns, gone);
  }
  if (gone == Gone::forget)
    std::erase_if(processes, [&](const Followed& one) { return one.seen_at != at_ns; });
}

void settle(std::vector<Followed>& processes, std::int64_t at_ns) {
  for (Followed& process : processes) {
    judge(process, std::numeric_limits<std::int64_t>::max());
    process.ended_early = process.may_click && process.is_stale(at_ns);
  }
}

}  // namespace refwave::watching
