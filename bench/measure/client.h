// The client of every measurement: keeps streams of equal blocks full, and notes when each block was written
// and when it came back. Main thread, except for the callbacks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "dsp/format.h"
#include "inf/cli/wave_client/driver_session.h"
#include "inf/cli/wave_client/wave_out.h"

namespace refwave::measure {

/// 16-bit stereo, which every driver takes.
inline constexpr dsp::Format kFormat{dsp::SampleType::s16, 2, 48'000, 0};

struct Load {
  std::uint32_t streams = 1;
  std::uint32_t buffers = 4;       // of each stream
  std::uint32_t block_frames = 0;  // of an option: 0 is one period

  std::int64_t block_ns() const { return std::int64_t{1'000'000'000} * block_frames / kFormat.rate; }
};

/// A call about a block: a waveOutWrite, or the client's callback.
struct Stamp {
  std::uint32_t stream;
  std::uint32_t block;      // counted from 0, in the order of the writes
  std::int64_t entered_ns;  // its first instruction
  std::int64_t left_ns;     // of a callback: as entered_ns
};

class Client {
 public:
  struct Turn {
    std::vector<Stamp> back;  // in each stream's order
    std::vector<Stamp> written;
  };

  Client(const dsp::Format& format, const Load& load);

  /// Puts the sound into a block before it is written; without it all is silence.
  std::function<void(cli::Block& block, std::uint64_t number)> fill;

  /// Returns: MMSYSERR_NOERROR, or why the driver did not open a stream.
  MMRESULT open(UINT device = 0);
  /// Effects: the same, and suit_device(). Throws: Failure.
  void open(cli::DriverSession& session, const cli::DriverOptions& options);
  /// Effects: adds blocks, if they hold less than the device takes at once. Precondition: open, and no block
  /// was written.
  void suit_device();
  /// Effects: the same with blocks of so many frames.
  void set_block_frames(std::uint32_t frames);
  /// Returns: the blocks that have come back since the last call.
  std::vector<Stamp> take_back();
  /// Effects: writes the blocks that have come back, each once. Throws: Failure if the driver refuses one.
  Turn refill();
  /// Effects: waits for a block to come back. Throws: Failure if the driver has neither played nor returned
  /// anything for five seconds.
  void wait(std::int64_t most_us = cli::kWaitMicroseconds);

  /// Returns: how many blocks each stream has: more than in the load if the device takes more at a time.
  std::uint32_t buffers() const { return buffers_; }
  /// Returns: how often a stream had no block left.
  std::uint64_t ran_dry() const { return ran_dry_; }
  /// Returns: whether the driver has a block.
  bool is_busy() const;
  /// Returns: the stream's statistics; nothing from another driver.
  std::optional<REFWAVE_STATISTICS> statistics(std::size_t stream = 0) const;
  /// The same. Throws: Failure if there are none.
  REFWAVE_STATISTICS own_statistics(std::size_t stream = 0) const;

 private:
  std::uint32_t buffers_;
  cli::BlockQueue::Semaphore done_{0, 0};
  std::vector<std::unique_ptr<cli::WaveOut>> waves_;
  std::vector<std::uint64_t> taken_;  // by take_back(), of each stream
  cli::Watchdog watchdog_;
  std::uint64_t ran_dry_ = 0;
};

}  // namespace refwave::measure
