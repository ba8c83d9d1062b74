// One open waveIn stream with its blocks. Main thread, except for the callback.
#pragma once

#include <optional>

#include "driver/winmm/refwave.h"
#include "dsp/format.h"
#include "inf/cli/wave_client/block_queue.h"

namespace refwave::cli {

class WaveIn {
 public:
  WaveIn(const dsp::Format& format, std::size_t blocks, std::size_t block_frames);
  ~WaveIn() { close(); }
  WaveIn(const WaveIn&) = delete;
  WaveIn& operator=(const WaveIn&) = delete;

  /// Returns: MMSYSERR_NOERROR, or why the stream could not be opened; then nothing else may be called.
  MMRESULT open();
  /// Effects: stops, takes every block back and closes; open() may be called again.
  void close();
  /// As WaveOut::suit_device().
  std::size_t suit_device();
  /// Effects: gives every block to the driver and starts. Throws: Failure.
  void start();
  /// Effects: ends the recording. The block that was being filled comes back with the data it holds, the
  /// others come back empty; wait() has them one by one as they are delivered.
  void stop();

  /// Returns: the oldest block that came back and was not yet taken, which is the client's now; null if none
  /// came within `timeout_us`.
  Block* wait(std::int64_t timeout_us);
  /// Effects: gives all blocks that the client has taken back to the driver. Returns: MMSYSERR_NOERROR, or
  /// why the driver refused one; that block and the later ones stay with the client.
  MMRESULT try_recycle();
  /// The same. Throws: Failure.
  void recycle();
  /// Returns: how many blocks the client has not taken since it gave them to the driver.
  std::size_t pending() const { return static_cast<std::size_t>(queue_.sent() - taken_); }
  /// Returns: the driver's statistics of this stream; nothing from a driver that is not refwave.
  std::optional<REFWAVE_STATISTICS> statistics() const { return ask(0); }
  /// Returns: the same with the stream's levels, which the driver measures for two seconds from now on.
  std::optional<REFWAVE_STATISTICS> levels() const { return ask(REFWAVE_WITH_LEVELS); }

 private:
  std::optional<REFWAVE_STATISTICS> ask(DWORD_PTR more) const;
  static void CALLBACK on_message(HWAVEIN wave, UINT message, DWORD_PTR self, DWORD_PTR, DWORD_PTR);
  void prepare();

  dsp::Format format_;
  BlockQueue queue_;
  BlockQueue::Semaphore done_{0, 0};
  HWAVEIN wave_ = nullptr;
  std::uint64_t taken_ = 0;  // by wait()
};

}  // namespace refwave::cli
