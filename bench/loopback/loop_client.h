// The client: it plays the signal on one stream without a pause, and records on another stream. Main thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bench/loopback/analysis.h"
#include "driver/cli/wave_client/block_queue.h"
#include "driver/cli/wave_client/driver_session.h"
#include "driver/cli/wave_client/wave_in.h"
#include "driver/cli/wave_client/wave_out.h"
#include "dsp/format.h"

namespace refwave::loopback {

class LoopClient {
 public:
  LoopClient(const dsp::Format& format, std::uint32_t buffers, std::uint32_t block_frames);

  /// Effects: opens the input, and then the output. Throws: Failure, which names the device.
  void open(cli::DriverSession& session, const std::string& device, const std::string& capture_device);
  /// Returns: how many blocks each direction has at most: more than it was made with if a device takes or
  /// gives more at once.
  std::uint32_t buffers() const { return buffers_; }
  /// Effects: plays and records for `seconds`, or until Ctrl-C. Throws: Failure.
  Recording run(double seconds);

  /// Returns: the driver's statistics of a stream; nothing if the driver is not refwave.
  std::optional<REFWAVE_STATISTICS> input_statistics() const { return in_.statistics(); }
  std::optional<REFWAVE_STATISTICS> output_statistics() const { return out_.statistics(); }
  /// Returns: the driver's own name for its first device. Any driver reports it.
  static std::string input_name();
  static std::string output_name();

 private:
  void play_on();
  void record_on(std::int64_t timeout_us);

  dsp::Format format_;
  std::uint32_t buffers_;
  cli::BlockQueue::Semaphore done_{0, 0};
  cli::WaveIn in_;
  cli::WaveOut out_;
  cli::Watchdog in_watchdog_;
  cli::Watchdog out_watchdog_;
  Recording recording_;
};

}  // namespace refwave::loopback
