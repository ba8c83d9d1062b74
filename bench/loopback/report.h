// A measurement of the loop, and its reports: text for a terminal, and JSON. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bench/latency/report/measurement.h"
#include "bench/loopback/analysis.h"

namespace refwave::loopback {

/// The driver's own counters. Only refwave has them.
struct Counters {
  std::uint64_t underruns = 0;       // of the stream that plays
  std::uint64_t dropped_frames = 0;  // for which the stream that records had no block
  std::uint64_t xruns = 0;
  std::uint64_t device_losses = 0;
};

struct Measurement {
  std::string version;
  std::string began;
  latency::Machine machine;
  std::string device;          // played to
  std::string capture_device;  // recorded from
  std::uint32_t rate = 0;
  std::uint32_t channels = 0;
  std::uint32_t buffers = 0;
  std::uint32_t block_frames = 0;
  std::uint32_t period_frames = 0;  // 0: unknown
  double seconds = 0;
  bool is_interrupted = false;
  Result result;
  std::optional<Counters> counters;
};

/// Returns: the report in lines of at most `columns` letters, and never more than 80.
std::string as_text(const Measurement& measurement, std::size_t columns);
std::string as_json(const Measurement& measurement);

}  // namespace refwave::loopback
