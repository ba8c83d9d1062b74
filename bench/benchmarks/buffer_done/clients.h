// Programs that play: streams whose blocks are one period long. Each block is written again as soon as it
// comes back, and the time of each return is kept.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/benchmarks/common/machine.h"
#include "inf/cli/wave_client/driver_session.h"
#include "inf/cli/wave_client/wave_out.h"

namespace refwave::bench {

/// The moments at which one stream's blocks came back, in order.
class Returns {
 public:
  explicit Returns(std::size_t most) : moments_(most) {}

  /// Thread: one at a time; neither allocates nor locks.
  void add(std::int64_t ns) noexcept {
    const std::size_t i = count_.load(std::memory_order_relaxed);
    if (i == moments_.size()) return;
    moments_[i] = ns;
    count_.store(i + 1, std::memory_order_release);  // pairs with count()
  }
  std::size_t count() const noexcept { return count_.load(std::memory_order_acquire); }
  std::int64_t operator[](std::size_t i) const noexcept { return moments_[i]; }

 private:
  std::vector<std::int64_t> moments_;
  std::atomic<std::size_t> count_{0};
};

/// Returns: refwave.drv with that DRV_OPEN string, loaded through libwinmm as a program loads it. Its threads
/// may run on any core. Throws: cli::Failure.
inline std::unique_ptr<cli::DriverSession> load(const std::string& settings) {
  const OnAnyCore threads_too;
  cli::DriverOptions options;
  options.driver = REFWAVE_DRIVER_FILE;
  options.parameters = settings;
  return std::make_unique<cli::DriverSession>(options);
}

struct ClientOptions {
  std::uint32_t streams = 1;
  std::uint32_t frames = 480;  // for each block
  std::uint32_t blocks = 4;    // queued at a time
  std::size_t most = 1000;     // returns that are kept for each stream
};

class Clients {
 public:
  /// Effects: opens and plays. Throws std::runtime_error.
  explicit Clients(const ClientOptions& options) {
    const OnAnyCore threads_too;
    for (std::uint32_t i = 0; i < options.streams; ++i) streams_.push_back(std::make_unique<Stream>(options));
    for (const auto& stream : streams_) {
      stream->wave.at_end_of_callback = [self = stream.get()](const WAVEHDR*, std::int64_t ns) {
        self->returns.add(ns);
      };
      if (const MMRESULT result = stream->wave.open(WAVE_MAPPER); result != MMSYSERR_NOERROR)
        throw std::runtime_error("waveOutOpen: " + std::to_string(result));
    }
    for (const auto& stream : streams_) stream->wave.repeat();
  }

  const Returns& returns(std::size_t stream) const { return streams_[stream]->returns; }
  /// Returns: the stream's number in the driver's trace.
  WORD slot(std::size_t stream) const {
    return static_cast<WORD>(streams_[stream]->wave.statistics().value_or(REFWAVE_STATISTICS{}).dwSlot);
  }
  std::size_t size() const { return streams_.size(); }

 private:
  struct Stream {
    explicit Stream(const ClientOptions& options)
        : returns(options.most), wave({}, options.blocks, options.frames, unused) {}

    Returns returns;
    cli::BlockQueue::Semaphore unused;
    cli::WaveOut wave;  // last: it is closed before the rest is destroyed
  };

  std::vector<std::unique_ptr<Stream>> streams_;
};

// The program's families of benchmarks, one source file each.

/// Effects: registers call/…: the cost of calling a client.
void register_calls();
/// Effects: registers buffer_done/…, and the baseline bare_wake/…. `seconds`: of blocks, for each.
void register_latencies(double seconds);

}  // namespace refwave::bench
