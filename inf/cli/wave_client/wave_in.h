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

  /// Returns: MMSYSERR_NOERROR, or an error; then nothing else may be called.
  MMRESULT open();
  /// Effects: stops, and closes; open() may follow.
  void close();
  /// As WaveOut::suit_device().
  std::size_t suit_device();
  /// Effects: queues every block, and starts. Throws: Failure.
  void start();
  /// Effects: ends the recording. wait() then has the partly filled block and the empty ones.
  void stop();

  /// Returns: the oldest returned block, now the client's; null after `timeout_us`.
  Block* wait(std::int64_t timeout_us);
  /// Effects: requeues all blocks that the client has. Returns: MMSYSERR_NOERROR, or why the driver refused
  /// one.
  MMRESULT try_recycle();
  /// The same. Throws: Failure.
  void recycle();
  std::size_t pending() const { return static_cast<std::size_t>(queue_.sent() - taken_); }
  /// Returns: this stream's statistics; nothing from another driver.
  std::optional<REFWAVE_STATISTICS> statistics() const { return ask(0); }
  /// The same with levels, which the driver then measures for two seconds.
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
