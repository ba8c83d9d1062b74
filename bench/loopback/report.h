// A measurement of the loop, and its reports: text for a terminal, and JSON. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bench/loopback/analysis.h"
#include "bench/measure/measurement.h"
#include "driver/winmm/refwave.h"

namespace refwave::loopback {

struct Measurement : measure::Run {
  std::string device;          // played to
  std::string capture_device;  // recorded from
  std::uint32_t rate = 0;
  std::uint32_t channels = 0;
  std::uint32_t buffers = 0;
  std::uint32_t block_frames = 0;
  std::uint32_t period_frames = 0;  // 0: unknown
  Result result;
  std::optional<REFWAVE_STATISTICS> input, output;  // of the streams; only refwave has them

  std::uint64_t xruns() const { return input && output ? input->ullXruns + output->ullXruns : 0; }
  std::uint64_t losses() const {
    return input && output ? input->ullDeviceLosses + output->ullDeviceLosses : 0;
  }
};

/// Returns: the report in lines of at most `columns` letters, and never more than 80.
std::string as_text(const Measurement& measurement, std::size_t columns);
std::string as_json(const Measurement& measurement);

}  // namespace refwave::loopback
