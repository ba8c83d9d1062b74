// The built-in devices that need no hardware: one output and one input, both called "clocked". They are paced
// by the monotonic clock (at real time or at a factor of it) or stepped by a test; what the output plays can
// be captured to a WAV file or looped to the input, bit for bit.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "hal/clocked_line.h"
#include "hal/device.h"
#include "hal/wav_capture.h"

namespace refwave::hal {

inline constexpr const char* kClockedName = "clocked";

struct ClockedOptions {
  double speed = 1.0;          // device seconds a real second; 0: stepped
  std::string capture_path{};  // WAV file of what the output played; empty: none
  bool loop = false;           // the input hears what the output rendered in the same period
  std::uint32_t rate = 48'000;
  std::uint16_t channels = 2;
  std::function<void(std::string)> warn{};  // is told, in one line, why nothing is captured
};

/// How the options behave:
/// - Up to real time a period that begins late is told of (Period::lateness_ns), and one over four periods
/// late starts
///   the schedule anew (Period::reanchored). Faster, the device runs as fast as it can and is never called
///   late.
/// - Loop: all open devices share one format and one period, the first one's. Of several outputs the input
/// hears the
///   first that plays; silence while none does.
/// - Capture: the file is created by the first open of an output and lasts as long as the backend: what
/// outputs play
///   later is added to it, so they are opened in its format. Of several at a time, the first is captured.
///   Real time drops and counts what the disk is too slow for; otherwise the device waits for the disk. If
///   the file cannot be created, `warn` is told, the device plays on, and the next open tries again.
/// Thread: control, any number at a time.
class ClockedBackend final : public Backend {
 public:
  explicit ClockedBackend(ClockedOptions options);

  std::string_view name() const override { return kClockedName; }
  std::vector<DeviceInfo> list(Direction direction) override;
  /// Errors: an unknown name.
  OpenResult open(const OpenRequest& request, std::shared_ptr<AudioCallback> callback) override;

  /// Effects: with speed 0, runs so many periods on this thread: of each first all started outputs, then all
  /// started inputs. Otherwise nothing. One step() runs at a time; meanwhile devices may be opened, started,
  /// stopped and closed, by the callbacks too, which counts from the next period on.
  void step(std::uint32_t periods);

  /// Returns: how far the capture has come, with all that was played until now. Thread: control.
  CaptureReport capture();

 private:
  std::shared_ptr<WavCapture> capture_in(dsp::Format& format);
  ClockedLine::Options line_options(const OpenRequest& request) const;
  std::shared_ptr<ClockedLine> line_for(const OpenRequest& request);
  std::vector<std::shared_ptr<ClockedLine>> lines();

  const ClockedOptions options_;
  std::mutex mutex_;  // guards what follows; no callback runs under it
  std::vector<std::weak_ptr<ClockedLine>> lines_;
  std::weak_ptr<ClockedLine> captured_line_;
  std::shared_ptr<WavCapture> capture_;
  std::atomic<std::uint64_t> lines_opened_{0};
  std::mutex step_;
};

}  // namespace refwave::hal
