// One open waveOut stream with its blocks. Main thread, except for the callback, and for what repeat() lets
// it do.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>

#include "driver/winmm/refwave.h"
#include "dsp/format.h"
#include "inf/cli/wave_client/block_queue.h"

namespace refwave::cli {

/// A count of which Windows reports the lowest 32 bits, as a whole number.
class LongCount {
 public:
  /// Returns: the count, which has grown by less than 2^32 since the call before.
  std::uint64_t follow(std::uint32_t lowest) {
    count_ += static_cast<std::uint32_t>(lowest - static_cast<std::uint32_t>(count_));
    return count_;
  }

 private:
  std::uint64_t count_ = 0;
};

class WaveOut {
 public:
  /// `done` is signalled once for every block that comes back; several streams may share one.
  WaveOut(const dsp::Format& format, std::size_t blocks, std::size_t block_frames,
          BlockQueue::Semaphore& done);
  ~WaveOut() { close(); }
  WaveOut(const WaveOut&) = delete;
  WaveOut& operator=(const WaveOut&) = delete;

  /// What a callback does last. `header`: what came back, as the driver says. `entered_ns`: its first
  /// instruction. Set it before open().
  std::function<void(const WAVEHDR* header, std::int64_t entered_ns)> at_end_of_callback;

  /// Returns: MMSYSERR_NOERROR, or why the stream could not be opened; then nothing else may be called.
  /// `device`: the number of a wave device.
  MMRESULT open(UINT device = 0);
  /// Effects: drops what is still queued and closes; open() may follow.
  void close();
  /// Effects: sets the length of the blocks. Precondition: open, and the driver has no block.
  void set_block_frames(std::size_t frames);
  /// Effects: has more blocks, if those that there are hold less than the device takes at once. Returns: how
  /// many there are. Precondition: open, and the driver had no block yet.
  std::size_t suit_device();
  BlockQueue& queue() { return queue_; }
  const BlockQueue& queue() const { return queue_; }
  /// Effects: plays the first `bytes` of queue().next(). Returns: MMSYSERR_NOERROR, or why the driver did not
  /// take the block, which then stays queue().next().
  MMRESULT try_write(std::size_t bytes);
  /// Effects: writes all blocks as they are, and then each one that comes back again, from its callback,
  /// until so many were written. Precondition: the driver has no block. Throws: Failure.
  void repeat(std::uint64_t blocks = kForEver);
  /// Returns: how many blocks the driver did not take again from the callback.
  std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  static constexpr std::uint64_t kForEver = std::numeric_limits<std::uint64_t>::max();
  /// The same as try_write(). Throws: Failure.
  void write(std::size_t bytes);
  /// Returns: frames played since open. MMTIME has 32 bits; the wrap is counted, if this is called once in
  /// ten minutes at least.
  std::uint64_t position();
  /// Effects: holds the sound where it is, or lets it go on.
  void pause();
  void resume();
  /// Effects: drops what is queued. The position begins at 0 again, and the sound goes on. Returns: false, if
  /// the driver has not given all blocks back within five seconds.
  bool reset();
  void set_volume(std::uint32_t percent);
  /// Effects: plays that many times as fast and as high; nothing at 1. Throws: Failure, if the driver cannot.
  void set_speed(double speed, double pitch);
  std::optional<REFWAVE_STATISTICS> statistics() const { return ask(0); }
  /// Returns: the same with the stream's levels, which the driver measures for two seconds from now on.
  std::optional<REFWAVE_STATISTICS> levels() const { return ask(REFWAVE_WITH_LEVELS); }

 private:
  void prepare();
  void unprepare();
  /// Effects: what the callback does for each block that is back. `now_ns`: when it came.
  void came_back(const WAVEHDR* header, std::int64_t now_ns);
  std::optional<REFWAVE_STATISTICS> ask(DWORD_PTR more) const;
  static void CALLBACK on_message(HWAVEOUT wave, UINT message, DWORD_PTR self, DWORD_PTR header, DWORD_PTR);

  dsp::Format format_;
  BlockQueue queue_;
  BlockQueue::Semaphore& done_;
  HWAVEOUT wave_ = nullptr;
  // main → callback: all blocks are written; write again until so many were sent. 0: do not.
  std::atomic<std::uint64_t> repeat_until_{0};
  std::uint64_t due_ = 0;  // the callback's, once the driver has a block: came back, and not yet repeated
  std::atomic<std::uint64_t> refused_{0};
  LongCount frames_;
  LongCount bytes_;  // of a driver that reports no frames
};

}  // namespace refwave::cli
