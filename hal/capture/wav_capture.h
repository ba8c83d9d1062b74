// Writes the frames that an audio thread renders into a WAV file, through a lock-free ring and a writing
// thread. The disk never delays the audio thread, unless the audio thread asks to wait for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "dsp/audio_thread.h"
#include "dsp/format.h"
#include "hal/capture/period_sink.h"
#include "hal/system/owned_thread.h"

namespace refwave::hal {

/// The state of a capture.
struct CaptureReport {
  std::uint64_t frames = 0;       // in the file
  std::uint64_t lost_frames = 0;  // rendered, but not in the file: the ring or the disk was full
  std::uint64_t lost_ns = 0;      // the same as time, and what was rendered while there was no file
  std::string error;              // why the capture stopped, one line; empty while it runs
};

class WavCapture final : public PeriodSink {
 public:
  /// When the ring (two seconds) is full: a real-time audio thread drops frames, any other waits.
  enum class WhenFull : std::uint8_t { drop, wait };

  /// Effects: creates the file and the thread. `fail`: called once with CaptureReport::error, on the writing
  /// thread. Returns: null on failure, with one line in `error`.
  static std::unique_ptr<WavCapture> create(const std::string& path, const dsp::Format& format,
                                            WhenFull when_full, std::string& error,
                                            std::function<void(std::string)> fail = {});
  /// Effects: completes the file. Never waits longer than kPatience.
  ~WavCapture() override;

  /// Effects: queues one period, or nothing of it. With `drop` no system call. Thread: audio, one at a time.
  REFWAVE_AUDIO_THREAD void push(std::span<const std::byte> period,
                                 std::uint32_t used_frames = 0) noexcept override;
  void flush(std::chrono::steady_clock::time_point deadline) override;
  /// Thread: control.
  CaptureReport report() const;
  const dsp::Format& format() const;

 private:
  struct State;
  explicit WavCapture(std::shared_ptr<State> state) : state_(std::move(state)) {}

  // Shared with the thread, which may have to be abandoned in a hanging write.
  std::shared_ptr<State> state_;
  OwnedThread thread_;
};

}  // namespace refwave::hal
