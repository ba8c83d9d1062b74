// The two ways in which `refwave latency` measures. Main thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/latency/report/measurement.h"
#include "inf/cli/wave_client/driver_session.h"
#include "inf/cli/wave_client/wave_out.h"

namespace refwave::latency {

/// 16-bit stereo, which every driver takes.
inline constexpr dsp::Format kFormat{dsp::SampleType::s16, 2, 48'000, 0};

/// The client's streams and blocks.
struct Load {
  std::uint32_t streams;
  std::uint32_t buffers;
  std::uint32_t block_frames;

  std::int64_t block_ns() const { return std::int64_t{1'000'000'000} * block_frames / kFormat.rate; }
};

/// One block that came back.
struct Report {
  std::uint32_t stream;
  std::uint32_t block;      // counted from 0, in the order of the writes
  std::int64_t entered_ns;  // the callback's first instruction
};

/// The client that measures: keeps streams of silence full, and notes when each block came back. Main thread,
/// except for the callbacks.
class Silence {
 public:
  explicit Silence(const Load& load);

  /// Returns: MMSYSERR_NOERROR, or why the driver did not open a stream.
  MMRESULT open(UINT device = 0);
  /// Effects: writes the blocks that have come back, each once, then waits briefly for another. Returns: the
  /// blocks that came back, in each stream's order. Throws: Failure if the driver refuses a block, or has
  /// neither played nor returned anything for five seconds.
  std::vector<Report> keep_full();
  /// Returns: how often a stream had no block left.
  std::uint64_t ran_dry() const { return ran_dry_; }
  /// Returns: how many blocks each stream has: more than in the load if the device takes more at a time.
  std::uint32_t buffers() const { return load_.buffers; }
  const std::vector<std::unique_ptr<cli::WaveOut>>& waves() const { return waves_; }

 private:
  Load load_;
  cli::BlockQueue::Semaphore done_{0, 0};
  std::vector<std::unique_ptr<cli::WaveOut>> waves_;
  cli::Watchdog watchdog_;
  std::uint64_t ran_dry_ = 0;
};

struct LatencyOptions {
  cli::DriverOptions driver;
  double seconds = 5;
  std::uint32_t streams = 1;
  std::uint32_t buffers = 4;
  std::uint32_t block_frames = 0;  // 0: one period
  std::string parameters;          // DRV_OPEN string of driver.driver, if that is measured
  std::string json;                // file, "-" for standard output; empty: none
  std::string html;                // file; empty: none
};

/// Buffer-done latency of refwave itself: the driver's trace says when each block was finished, the client's
/// callback when it was notified. Effects: measures for so long, or until Ctrl-C. Returns: subjects, pieces,
/// counters and the settings that the driver reports. Throws: Failure.
Measurement measure_refwave(const LatencyOptions& options, const Load& load);

/// The same with a loaded driver, which has the keys of `options`.
Measurement measure_refwave(cli::DriverSession& session, const LatencyOptions& options, const Load& load);

/// Measures any wave driver, and refwave in the same way, from a client's side: when its blocks are reported.
/// The two play in turns of a second, because each needs the machine for itself. Effects: measures each of
/// the two for options.seconds, or until Ctrl-C. Returns: subjects (the driver, refwave, a bare timer) and
/// the device. Throws: Failure.
Measurement measure_from_outside(const LatencyOptions& options, const Load& load);

}  // namespace refwave::latency
