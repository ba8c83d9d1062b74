#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "bench/watch/watch.h"

namespace refwave::watching {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kRecent = 5 * kSecond;
constexpr std::ptrdiff_t kMostClicks = 1000;

/// Returns: the process's stream with that id, null if there is none.
const watch::Stream* stream_of(const watch::Process& process, std::uint64_t id) {
  const auto found = std::ranges::find(process.streams, id, &watch::Stream::id);
  return found == process.streams.end() ? nullptr : &*found;
}

/// Effects: takes a record of the process that was read. Returns: the longest latency that is new in it.
std::uint64_t take(Followed& followed, watch::Process process, std::int64_t at_ns, Gone gone) {
  const watch::Process& before = followed.now;
  std::uint64_t longest_ns = 0;
  for (const watch::Stream& stream : process.streams)
    longest_ns = std::max(longest_ns, counted_since(before, stream).latency_max_ns);

  const std::uint64_t fresh =
      std::min<std::uint64_t>(process.head.clicks - before.head.clicks, process.clicks.size());
  auto& clicks = followed.clicks;
  clicks.insert(clicks.end(), process.clicks.end() - static_cast<std::ptrdiff_t>(fresh),
                process.clicks.end());
  if (std::ssize(clicks) > kMostClicks) clicks.erase(clicks.begin(), clicks.end() - kMostClicks);
  followed.lost_clicks = process.head.clicks - followed.begun.head.clicks - clicks.size();

  // A device that is closed now is shown as it was.
  process.devices.resize(std::max(process.devices.size(), before.devices.size()));
  for (std::size_t i = 0; i < before.devices.size(); ++i)
    if (process.devices[i].rate == 0) process.devices[i] = before.devices[i];
  for (const watch::Stream& stream : before.streams)
    if (gone == Gone::keep && stream_of(process, stream.id) == nullptr) process.streams.push_back(stream);
  std::ranges::stable_sort(process.streams, {}, [](const watch::Stream& stream) {
    return std::pair(stream.device, stream.opened_ns);
  });

  followed.now = std::move(process);
  auto& recent = followed.recent;
  if (recent.empty() || at_ns - recent.back().at_ns >= kSecond)
    recent.push_back({at_ns, followed.now, watch::threads(followed.now)});
  while (recent.size() > 1 && at_ns - recent[1].at_ns >= kRecent) recent.pop_front();
  return longest_ns;
}

}  // namespace

watch::Stream counted_since(const watch::Process& before, watch::Stream now) {
  const watch::Stream* const then = stream_of(before, now.id);
  if (then == nullptr) return now;
  now.underruns -= then->underruns;
  std::ranges::transform(now.latency, then->latency, std::begin(now.latency), std::minus());
  now.latency_max_ns = watch::percentile(now.latency, now.latency_max_ns, 1);
  return now;
}

watch::Device counted_since(const watch::Process& before, const watch::Process& now, std::size_t device) {
  using D = watch::Device;
  D counted = now.devices[device];
  if (device >= before.devices.size()) return counted;
  for (const auto count :
       {&D::late_periods, &D::losses, &D::returns, &D::xruns, &D::reanchors, &D::dropped_ns})
    counted.*count -= before.devices[device].*count;
  return counted;
}

Threads Followed::threads(watch::Thread::Role role) const {
  Threads all;
  const auto cpu_ns = [&](const Reading& reading) {
    double sum = 0;
    for (const watch::Thread& thread : reading.threads) {
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

std::uint64_t follow(std::vector<Followed>& processes, const std::vector<watch::Process>& found,
                     std::int64_t at_ns, Gone gone) {
  std::uint64_t longest_ns = 0;
  for (Followed& followed : processes) followed.is_there = false;
  for (const watch::Process& process : found) {
    const bool is_read = process.problem.empty();
    // A record that could not be read this time may be read the next time.
    auto followed = std::ranges::find_if(processes, [&](const Followed& one) {
      return one.now.number == process.number && (!is_read || one.now.head.made_ns == process.head.made_ns);
    });
    if (followed == processes.end())
      followed = processes.insert(followed, {.now = is_read ? watch::Process{} : process});
    followed->is_there = true;
    if (is_read) longest_ns = std::max(longest_ns, take(*followed, process, at_ns, gone));
  }
  if (gone == Gone::forget) std::erase_if(processes, [](const Followed& one) { return !one.is_there; });
  return longest_ns;
}

void begin_anew(std::vector<Followed>& processes) {
  for (Followed& process : processes) {
    process.begun = process.now;
    process.clicks.clear();
    process.lost_clicks = 0;
  }
}

}  // namespace refwave::watching
