// One open waveOut stream with its blocks. Main thread, except for the callback.
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

/// A 64-bit count of which Windows reports the lowest 32 bits.
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
  /// `done` is signalled for each returned block; streams may share it.
  WaveOut(const dsp::Format& format, std::size_t blocks, std::size_t block_frames,
          BlockQueue::Semaphore& done);
  ~WaveOut() { close(); }
  WaveOut(const WaveOut&) = delete;
  WaveOut& operator=(const WaveOut&) = delete;

  /// Called last in a callback. `entered_ns`: the time of its first instruction. Set it before open().
  std::function<void(const WAVEHDR* header, std::int64_t entered_ns)> at_end_of_callback;

  /// Returns: MMSYSERR_NOERROR, or an error; then nothing else may be called.
  MMRESULT open(UINT device = 0);
  /// Effects: drops what is queued, and closes; open() may follow.
  void close();
  /// Precondition: open, and the driver has no block.
  void set_block_frames(std::size_t frames);
  /// Effects: adds blocks, if they hold less than the device takes at once. Returns: their number.
  /// Precondition: open, and no block was sent.
  std::size_t suit_device();
  BlockQueue& queue() { return queue_; }
  const BlockQueue& queue() const { return queue_; }
  /// Effects: plays the first `bytes` of queue().next(). Returns: MMSYSERR_NOERROR, or the driver's error;
  /// the block is then still next().
  MMRESULT try_write(std::size_t bytes);
  /// Effects: writes all blocks, and rewrites each from its callback, until so many were written.
  /// Precondition: the driver has no block. Throws: Failure.
  void repeat(std::uint64_t blocks = kForEver);
  /// Returns: how many blocks the driver refused in the callback.
  std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  static constexpr std::uint64_t kForEver = std::numeric_limits<std::uint64_t>::max();
  /// As try_write(). Throws: Failure.
  void write(std::size_t bytes);
  /// Returns: frames played since open. Call it every ten minutes, to count the wraps of MMTIME.
  std::uint64_t position();
  void pause();
  void resume();
  /// Effects: drops what is queued; the position restarts at 0. Returns: false, if blocks are still missing
  /// after five seconds.
  bool reset();
  void set_volume(std::uint32_t percent);
  /// Throws: Failure, if the driver cannot.
  void set_speed(double speed, double pitch);
  std::optional<REFWAVE_STATISTICS> statistics() const { return ask(0); }
  /// The same with levels, which the driver then measures for two seconds.
  std::optional<REFWAVE_STATISTICS> levels() const { return ask(REFWAVE_WITH_LEVELS); }

 private:
  void prepare();
  void unprepare();
  /// Thread: the callback's.
  void came_back(const WAVEHDR* header, std::int64_t now_ns);
  std::optional<REFWAVE_STATISTICS> ask(DWORD_PTR more) const;
  static void CALLBACK on_message(HWAVEOUT wave, UINT message, DWORD_PTR self, DWORD_PTR header, DWORD_PTR);

  dsp::Format format_;
  BlockQueue queue_;
  BlockQueue::Semaphore& done_;
  HWAVEOUT wave_ = nullptr;
  // main → callback: rewrite blocks until so many were sent; 0: do not.
  std::atomic<std::uint64_t> repeat_until_{0};
  std::uint64_t due_ = 0;  // the callback's: returned, and not yet rewritten
  std::atomic<std::uint64_t> refused_{0};
  LongCount frames_;
  LongCount bytes_;  // of a driver that reports no frames
};

}  // namespace refwave::cli
