#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "bench/watch/watch.h"

namespace refwave::watching {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kRecent = 5 * kSecond;
constexpr std::size_t kMostClicks = 1000;
constexpr std::size_t kMostClosed = 64;

constexpr const char* kMoreTime = "give it a longer latency_ms, and the program more buffers";
constexpr Reason kRanLate = {"machine", "the machine ran the driver's threads late",
                             "end other programs, or let `refwave doctor` say what rights the driver lacks"};
constexpr std::pair<std::uint64_t watch::Device::*, Reason> kOfDevices[] = {
    {&watch::Device::losses, {"device", "the device was lost", "see that it is there (`refwave devices`)"}},
    {&watch::Device::stalls,
     {"device", "the device stood still", "see that nothing suspends it, and that its server runs in time"}},
    {&watch::Device::xruns, {"device", "the device reported an xrun", kMoreTime}},
    {&watch::Device::drops, {"device", "the device took sound that it cannot have played", kMoreTime}},
    {&watch::Device::reanchors, kRanLate}};
// By direction and watch::Cause.
constexpr Reason kOfStreams[2][watch::kCauses] = {
    {{"program", "the program wrote late", "give it more or longer buffers"},
     kRanLate,
     {"device", "the device took more at once than was queued", kMoreTime}},
    {{"program", "the program gave buffers late", "give it more or longer buffers"},
     kRanLate,
     {"device", "the device gave more at once than the buffers held", kMoreTime}}};

/// Returns: the process's stream with that id, null if there is none.
const Stream* stream_of(const Process& process, std::uint64_t id) {
  const auto found = std::ranges::find(process.streams, id, &Stream::id);
  return found == process.streams.end() ? nullptr : &*found;
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

/// Effects: takes a record of the process that was read. Returns: the longest latency that is new in it.
std::uint64_t take(Followed& followed, Process process, std::int64_t at_ns, Gone gone) {
  const Process& before = followed.now;
  auto& clicks = followed.clicks;
  const auto note = [&](const Click& click) {
    if (click.count != 0) clicks.push_back(click);
  };
  const std::int64_t read_ns = process.head.updated_ns;
  std::vector<watch::Device> devices;  // what is new of each
  for (std::size_t i = 0; i < process.devices.size(); ++i) {
    devices.push_back(counted_since(before, process, i));
    for (const auto& [count, reason] : kOfDevices) note({read_ns, i, 0, &reason, devices[i].*count});
  }
  std::uint64_t longest_ns = 0;
  for (const Stream& stream : process.streams) {
    const Stream counted = counted_since(before, stream);
    longest_ns = std::max(longest_ns, counted.latency_max_ns);
    watch::Device& device = devices[stream.device];
    for (std::size_t i = 0; i < watch::kCauses; ++i) {
      device.clicks[i] -= counted.clicks[i];
      note({read_ns, stream.device, stream.id, &kOfStreams[device.direction][i], counted.clicks[i],
            i == 0 ? counted.longest_late_ns : 0});
    }
  }
  // The others were of streams that are closed.
  for (std::size_t i = 0; i < devices.size(); ++i)
    for (std::size_t j = 0; j < watch::kCauses; ++j)
      note({read_ns, i, 0, &kOfStreams[devices[i].direction][j], devices[i].clicks[j]});
  for (; clicks.size() > kMostClicks; clicks.pop_front()) followed.lost_clicks += clicks.front().count;

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
  if (now.longest_late_ns == then->longest_late_ns) now.longest_late_ns = now.late_ns;
  std::ranges::transform(now.clicks, then->clicks, std::begin(now.clicks), std::minus());
  std::ranges::transform(now.latency, then->latency, std::begin(now.latency), std::minus());
  now.latency_max_ns = percentile(now.latency, now.latency_max_ns, 1);
  return now;
}

watch::Device counted_since(const Process& before, const Process& now, std::size_t device) {
  using D = watch::Device;
  D counted = now.devices[device];
  if (device >= before.devices.size()) return counted;
  for (const auto count : {&D::late_periods, &D::returns, &D::dropped_ns, &D::losses, &D::xruns, &D::drops,
                           &D::stalls, &D::reanchors})
    counted.*count -= before.devices[device].*count;
  std::ranges::transform(counted.clicks, before.devices[device].clicks, std::begin(counted.clicks),
                         std::minus());
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
  for (Followed& followed : processes) followed.is_there = false;
  for (const Process& process : found) {
    const bool is_read = process.problem.empty();
    // A record that could not be read this time may be read the next time.
    auto followed = std::ranges::find_if(processes, [&](const Followed& one) {
      return one.now.number == process.number && (!is_read || one.now.head.made_ns == process.head.made_ns);
    });
    if (followed == processes.end())
      followed = processes.insert(followed, {.now = is_read ? Process{} : process});
    followed->is_there = true;
    followed->seen_at = at_ns;
    if (is_read) longest_ns = std::max(longest_ns, take(*followed, process, at_ns, gone));
  }
  if (gone == Gone::forget) std::erase_if(processes, [](const Followed& one) { return !one.is_there; });
  return longest_ns;
}

void settle(std::vector<Followed>& processes, std::int64_t at_ns) {
  for (Followed& process : processes)
    process.ended_early = process.has_streams && at_ns - process.seen_at > kSecond;
}

void begin_anew(std::vector<Followed>& processes) {
  for (Followed& process : processes) {
    process.begun = process.now;
    process.clicks.clear();
    process.lost_clicks = 0;
  }
}

}  // namespace refwave::watching
