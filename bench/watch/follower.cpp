#include <algorithm>
#include <functional>
#include <iterator>
#include <limits>
#include <utility>

#include "bench/watch/watch.h"

namespace refwave::watching {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kRecent = 5 * kSecond;
constexpr std::size_t kMostClicks = 1000;
constexpr std::size_t kMostClosed = 64;
constexpr std::size_t kMostGaps = 4096;

// After so long, and what the device holds, nothing comes to an event: the device is full again, and the
// record is written.
constexpr std::int64_t kSettlesNs = kSecond / 2;
// Of which a witness may be.
constexpr std::int64_t kWitnessNs = 3 * kSecond;

/// Returns: the process's stream with that id, null if there is none.
const Stream* stream_of(const Process& process, std::uint64_t id) {
  const auto found = std::ranges::find(process.streams, id, &Stream::id);
  return found == process.streams.end() ? nullptr : &*found;
}

/// Returns: how long the device is full with the longest latency; 2.5 seconds at most.
std::int64_t longest_latency_ns(const Process& process) {
  std::int64_t longest_ns = 0;
  for (const watch::Device& device : process.devices)
    if (device.rate != 0)
      longest_ns = std::max(longest_ns, device.latency_frames * kSecond / std::int64_t{device.rate});
  return std::min(longest_ns, 5 * kSecond / 2);
}

void note(Followed& followed, const Click& click) {
  auto& clicks = followed.clicks;
  if (click.count != 0) clicks.push_back(click);
  for (; clicks.size() > kMostClicks; clicks.pop_front()) followed.lost_clicks += clicks.front().count;
}

/// Effects: the stream is no more than its part of a sum.
void put_aside(Followed& followed, const Stream& stream) {
  Stream& sum = followed.others;
  ++followed.other_streams;
  sum.blocks += stream.blocks;
  sum.underruns += stream.underruns;
  sum.latency_max_ns = std::max(sum.latency_max_ns, stream.latency_max_ns);
  std::ranges::transform(sum.latency, stream.latency, std::begin(sum.latency), std::plus());
}

/// Effects: whatever was over by then has its click.
void judge(Followed& followed, std::int64_t until_ns) {
  for (const Event& event : events_of(followed.gaps, followed.now.devices)) {
    if (event.ended_at <= followed.judged_at || event.ended_at > until_ns) continue;
    // What streams lack then is that device's click.
    if (event.ended_at <= followed.dropped_at && event.ended_at > followed.dropped_at - kSecond) continue;
    const Verdict verdict = cause_of(event);
    note(followed, {event.ended_at, event.device, event.stream, verdict.cause, 1, verdict.late_ns});
  }
  followed.judged_at = std::max(followed.judged_at, until_ns);
  std::erase_if(followed.gaps,
                [&](const auto& gap) { return gap.ended_at < followed.judged_at - kWitnessNs; });
}

/// Effects: takes a record of the process that was read. Returns: the longest latency that is new in it.
std::uint64_t take(Followed& followed, Process process, std::int64_t at_ns, Gone gone) {
  const Process& before = followed.now;
  const std::int64_t read_ns = process.head.updated_ns;
  for (std::size_t i = 0; i < process.devices.size(); ++i) {
    const Device counted = counted_since(before, process, i);
    note(followed, {read_ns, i, 0, Cause::device_lost, counted.losses});
    if (counted.dropped_ns == 0) continue;
    note(followed, {read_ns, i, 0, Cause::device_drops, 1});
    followed.dropped_at = read_ns;
  }
  std::uint64_t longest_ns = 0;
  for (const Stream& stream : process.streams)
    longest_ns = std::max(longest_ns, counted_since(before, stream).latency_max_ns);
  const std::uint64_t fresh = process.head.gaps - before.head.gaps;
  const auto kept = static_cast<std::size_t>(std::min<std::uint64_t>(fresh, process.gaps.size()));
  followed.gaps.insert(followed.gaps.end(), process.gaps.end() - static_cast<std::ptrdiff_t>(kept),
                       process.gaps.end());
  // How many of those were clicks is not known, nor when they were before the first reading.
  const bool is_first = before.head.made_ns == 0;
  const std::uint64_t lost = fresh - kept + process.head.lost_gaps - before.head.lost_gaps;
  if (!is_first && lost != 0 && followed.dropped_at != read_ns)
    note(followed, {read_ns, watch::kDevices, 0, Cause::unknown, 1});
  process.devices.resize(std::max(process.devices.size(), before.devices.size()));
  const auto open = static_cast<std::ptrdiff_t>(process.streams.size());
  followed.has_streams = open != 0;
  for (const Stream& stream : before.streams)
    if (gone == Gone::keep && stream_of(process, stream.id) == nullptr) process.streams.push_back(stream);
  while (process.streams.size() - static_cast<std::size_t>(open) > kMostClosed) {
    const auto oldest = std::ranges::min_element(process.streams.begin() + open, process.streams.end(), {},
                                                 &Stream::opened_ns);
    put_aside(followed, *oldest);
    process.streams.erase(oldest);
  }
  std::ranges::stable_sort(process.streams, {},
                           [](const Stream& stream) { return std::pair(stream.device, stream.opened_ns); });

  followed.now = std::move(process);
  if (followed.gaps.size() > kMostGaps)
    followed.gaps.erase(followed.gaps.begin(), followed.gaps.end() - kMostGaps);
  judge(followed, read_ns - kSettlesNs - longest_latency_ns(followed.now));
  auto& recent = followed.recent;
  if (recent.empty() || at_ns - recent.back().at_ns >= kSecond)
    recent.push_back({at_ns, followed.now, threads(followed.now)});
  while (recent.size() > 1 && at_ns - recent[1].at_ns >= kRecent) recent.pop_front();
  return longest_ns;
}

}  // namespace

Stream counted_since(const Process& before, Stream now) {
  const Stream* const then = stream_of(before, now.id);
  if (then == nullptr) return now;
  now.underruns -= then->underruns;
  std::ranges::transform(now.latency, then->latency, std::begin(now.latency), std::minus());
  now.latency_max_ns = percentile(now.latency, now.latency_max_ns, 1);
  return now;
}

watch::Device counted_since(const Process& before, const Process& now, std::size_t device) {
  using D = watch::Device;
  D counted = now.devices[device];
  if (device >= before.devices.size()) return counted;
  for (const auto count :
       {&D::late_periods, &D::returns, &D::dropped_ns, &D::losses, &D::xruns, &D::reanchors})
    counted.*count -= before.devices[device].*count;
  return counted;
}

Threads Followed::threads(Thread::Role role) const {
  Threads all;
  const auto cpu_ns = [&](const Reading& reading) {
    double sum = 0;
    for (const Thread& thread : reading.threads) {
      if (thread.role != role) continue;
      all.priority = thread.priority;
      sum += static_cast<double>(thread.cpu_ns);
    }
    return sum;
  };
  if (recent.empty()) return all;
  const double used_ns = cpu_ns(recent.back()) - cpu_ns(recent.front());
  const std::int64_t elapsed_ns = recent.back().at_ns - recent.front().at_ns;
  // A thread that has ended takes its time away.
  if (elapsed_ns != 0 && used_ns > 0) all.core_percent = 100 * used_ns / static_cast<double>(elapsed_ns);
  return all;
}

std::uint64_t follow(std::vector<Followed>& processes, const std::vector<Process>& found, std::int64_t at_ns,
                     Gone gone) {
  std::uint64_t longest_ns = 0;
  for (const Process& process : found) {
    const bool is_read = process.problem.empty();
    // A record that could not be read this time may be read the next time.
    auto followed = std::ranges::find_if(processes, [&](const Followed& one) {
      return one.now.number == process.number && (!is_read || one.now.head.made_ns == process.head.made_ns);
    });
    if (followed == processes.end())
      followed = processes.insert(followed, {.now = is_read ? Process{} : process});
    followed->seen_at = at_ns;
    if (is_read) longest_ns = std::max(longest_ns, take(*followed, process, at_ns, gone));
  }
  if (gone == Gone::forget)
    std::erase_if(processes, [&](const Followed& one) { return one.seen_at != at_ns; });
  return longest_ns;
}

void settle(std::vector<Followed>& processes, std::int64_t at_ns) {
  for (Followed& process : processes) {
    judge(process, std::numeric_limits<std::int64_t>::max());
    process.ended_early = process.has_streams && at_ns - process.seen_at > kSecond;
  }
}

void begin_anew(std::vector<Followed>& processes) {
  for (Followed& process : processes) {
    process.begun = process.now;
    process.clicks.clear();
    process.lost_clicks = 0;
  }
}

}  // namespace refwave::watching
