// Processes as no driver has published them.
#pragma once

#include <algorithm>
#include <cstring>
#include <vector>

#include "bench/watch/watch.h"

namespace refwave::watching {

/// Effects: its first stream ran dry so many times, by that cause.
inline void add(Process& process, watch::Cause cause, std::uint64_t count, std::uint64_t late_ns = 0) {
  Stream& stream = process.streams.front();
  stream.underruns += count;
  stream.clicks[static_cast<std::size_t>(cause)] += count;
  process.devices[stream.device].clicks[static_cast<std::size_t>(cause)] += count;
  stream.late_ns = late_ns;
  stream.longest_late_ns = std::max(stream.longest_late_ns, late_ns);
}

/// Returns: a process with one stream on one device.
inline Process made_up(std::uint32_t number) {
  Process process{.number = number};
  process.head.updated_ns = 100'000'000;
  process.head.pointer_bits = 64;
  std::strcpy(process.head.program, "game");
  watch::Device& device = process.devices.emplace_back();
  std::strcpy(device.name, "speaker");
  device.rate = 48'000;
  device.period_frames = 480;
  device.latency_frames = 960;
  Stream& stream = process.streams.emplace_back();
  stream.id = 77;
  stream.sample_type = 1;  // s16
  stream.channels = 2;
  stream.rate = 44'100;
  stream.running = 1;
  stream.headers = 4;
  stream.header_frames = 441;
  return process;
}

/// Returns: what is made of the processes when they are read for the first time.
inline std::vector<Followed> followed(const std::vector<Process>& processes) {
  std::vector<Followed> all;
  follow(all, processes, 0, Gone::keep);
  return all;
}

}  // namespace refwave::watching
