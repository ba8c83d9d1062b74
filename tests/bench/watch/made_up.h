// Processes as no driver has published them.
#pragma once

#include <cstring>
#include <vector>

#include "bench/watch/watch.h"

namespace refwave::watching {

/// What tells a click's cause.
struct Why {
  std::uint32_t count = 1;
  std::uint32_t late_periods = 0;
  std::int64_t gap_ns = 0;
  std::int64_t notify_ns = 0;
};

inline watch::Click click(watch::ClickKind kind, const Why& why, std::uint64_t stream = 0) {
  return {.at_ns = 100'000'000,
          .stream = stream,
          .kind = static_cast<std::uint16_t>(kind),
          .count = why.count,
          .late_periods = why.late_periods,
          .gap_ns = why.gap_ns,
          .notify_ns = why.notify_ns};
}

inline void add(watch::Process& process, const watch::Click& click) {
  process.clicks.push_back(click);
  ++process.head.clicks;
}

/// Returns: a process with one stream on one device.
inline watch::Process made_up(std::uint32_t number) {
  watch::Process process{.number = number};
  process.head.pointer_bits = 64;
  std::strcpy(process.head.program, "game");
  watch::Device& device = process.devices.emplace_back();
  std::strcpy(device.name, "speaker");
  device.rate = 48'000;
  device.period_frames = 480;
  device.latency_frames = 960;
  watch::Stream& stream = process.streams.emplace_back();
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
inline std::vector<Followed> followed(const std::vector<watch::Process>& processes) {
  std::vector<Followed> all;
  follow(all, processes, 0, Gone::keep);
  return all;
}

}  // namespace refwave::watching
