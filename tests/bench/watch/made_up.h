// Processes as no driver has published them.
#pragma once

#include <algorithm>
#include <cstring>
#include <vector>

#include "bench/watch/watch.h"

namespace refwave::watching {

inline constexpr std::int64_t kMs = 1'000'000;

/// Effects: a gap of its first stream that began at `began_at`, because the program's thread was late.
inline core::Gap& add(Process& process, std::int64_t began_at, std::int64_t silent_ns,
                      std::uint64_t stream = 77) {
  ++process.head.gaps;
  return process.gaps.emplace_back(core::Gap{.began_at = began_at,
                                             .ended_at = began_at + silent_ns,
                                             .stream = stream,
                                             .written_at = began_at + silent_ns,
                                             .program_ns = silent_ns,
                                             .writer = core::Gap::Writer::thread});
}
/// Effects: a device that called late by `late_ns` and lost as much.
inline core::Gap& add_late_device(Process& process, std::int64_t began_at, std::int64_t late_ns) {
  ++process.head.gaps;
  return process.gaps.emplace_back(core::Gap{.kind = core::Gap::Kind::device,
                                             .began_at = began_at,
                                             .ended_at = began_at + late_ns,
                                             .late_ns = late_ns,
                                             .lost_ns = late_ns});
}

/// Returns: a process with one stream on one device.
inline Process made_up(std::uint32_t number) {
  Process process{.number = number};
  process.head.updated_ns = 10'000'000'000;
  process.head.pointer_bits = 64;
  std::strcpy(process.head.program, "game");
  watch::Device& device = process.devices.emplace_back();
  std::strcpy(device.name, "speaker");
  device.rate = 48'000;
  device.period_frames = 480;
  device.latency_frames = 960;
  device.is_open = 1;
  Stream& stream = process.streams.emplace_back();
  stream.id = 77;
  stream.sample_type = 1;  // s16
  stream.channels = 2;
  stream.rate = 44'100;
  stream.running = 1;
  stream.headers = 4;
  stream.header_frames = 441;
  stream.queued_frames = 4 * 441;
  return process;
}

/// Returns: what is made of the processes when they are read for the first time.
inline std::vector<Followed> followed(const std::vector<Process>& processes) {
  std::vector<Followed> all;
  follow(all, processes, 0, Gone::keep);
  return all;
}

}  // namespace refwave::watching
