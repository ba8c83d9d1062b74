// A program that plays sixteen streams of mixed formats through refwave.drv on the clocked device, in real
// time: each callback queues its header again. Needs no cooperation from the test but to be destroyed.
#pragma once

#include <cstdint>
#include <list>
#include <string>

#include "driver/cli/wave_client/wave_out.h"

namespace refwave::test {

class SixteenStreams {
 public:
  /// What a client's callback does besides queueing its header again. Thread: whichever DriverCallback runs
  /// on.
  using Extra = void (*)();

  /// `settings`: added to the string of DRV_OPEN. Errors: std::runtime_error.
  explicit SixteenStreams(const std::string& settings, Extra extra = nullptr);
  ~SixteenStreams();
  SixteenStreams(const SixteenStreams&) = delete;
  SixteenStreams& operator=(const SixteenStreams&) = delete;

  /// Returns: callbacks of the audio thread so far.
  std::uint64_t periods() const;

 private:
  cli::BlockQueue::Semaphore nobody_;  // waits for a block
  std::list<cli::WaveOut> streams_;
};

}  // namespace refwave::test
