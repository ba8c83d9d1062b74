// The built-in devices that need no hardware: one output and one input, both called "clocked". The monotonic
// clock paces them, in real time or by a factor, or a test steps them. The output's sound can be captured to
// a WAV file or looped to the input, bit for bit.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hal/capture/wav_capture.h"
#include "hal/clocked/clocked_line.h"
#include "hal/device.h"
#include "hal/system/mutex.h"
#include "hal/system/threads.h"

namespace refwave::hal {

inline constexpr const char* kClockedName = "clocked";

/// Settings of the clocked device.
struct ClockedOptions {
  double speed = 1.0;          // device seconds for each real second; 0: stepped
  std::string capture_path{};  // WAV file of the output's sound; empty: none
  bool loop = false;           // the input gets the output's frames of the same period
  std::uint32_t rate = 48'000;
  std::uint16_t channels = 2;
  // Called with one line, the reason why nothing is captured.
  std::function<void(std::string)> warn{};
};

/// How the options behave:
/// - Speed 1 and below: a period that begins late is reported (Period::lateness_ns). One that is more than
///   four periods late restarts the schedule (Period::reanchored). Above 1 the device runs as fast as it
///   can, and is never called late.
/// - Loop: all open devices share one format and one period, those of the first one. If there are several
///   outputs, the input hears the first that plays. It hears silence while none plays.
/// - Capture: the first open of an output creates the file, and the file lasts as long as the backend.
///   Later outputs are opened in its format and are added to it. If several play at a time, the first is
///   captured. In real time the capture drops and counts the frames that the disk is too slow for;
///   otherwise the device waits for the disk. Nothing is captured while the captured device's thread stands
///   still in a callback. If the file cannot be created, `warn` is called, the device
///   plays without a capture, and the next open tries again.
/// Thread: control, any number at a time.
class ClockedBackend final : public Backend {
 public:
  explicit ClockedBackend(ClockedOptions options);

  std::string_view name() const override { return kClockedName; }
  std::vector<DeviceInfo> list(Direction direction) override;
  /// Any name means this device: Devices::open() has chosen it. Errors: too many are open.
  OpenResult open(const OpenRequest& request, std::shared_ptr<AudioCallback> callback) override;

  /// Effects: with speed 0, runs `periods` periods on this thread: in each period first all started outputs,
  /// then all started inputs. With another speed, does nothing. One step() runs at a time. Meanwhile devices
  /// may be opened, started, stopped and closed, even by the callbacks; the change takes effect in the next
  /// period. Returns: false, and has done nothing, inside a callback that a step() of this thread makes.
  bool step(std::uint32_t periods);
  /// Returns: whether the calling thread is inside step().
  bool is_stepping_here() const noexcept {
    return stepper_.load(std::memory_order_relaxed) == this_thread_id();  // compared by that thread alone
  }

  /// Returns: the state of the capture; the file then has all that was played until now. Thread: control.
  CaptureReport capture();

 private:
  std::shared_ptr<WavCapture> capture_in(dsp::Format& format) REQUIRES(mutex_);
  ClockedLine::Options line_options(const OpenRequest& request) const;
  std::shared_ptr<ClockedLine> line_for(const OpenRequest& request) REQUIRES(mutex_);
  std::vector<std::shared_ptr<ClockedLine>> lines();

  const ClockedOptions options_;
  Mutex mutex_;  // no callback runs under it
  std::vector<std::weak_ptr<ClockedLine>> lines_ GUARDED_BY(mutex_);
  std::weak_ptr<ClockedLine> captured_line_ GUARDED_BY(mutex_);
  std::shared_ptr<WavCapture> capture_ GUARDED_BY(mutex_);
  std::atomic<std::uint64_t> lines_opened_{0};
  // What was played without a file for it; audio threads → control, a number alone.
  const std::shared_ptr<std::atomic<std::uint64_t>> uncaptured_ns_ =
      std::make_shared<std::atomic<std::uint64_t>>(0);
  Mutex step_;
  std::atomic<std::uintptr_t> stepper_{0};  // the thread inside step(); 0: none
};

}  // namespace refwave::hal
