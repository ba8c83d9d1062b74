// Clocked devices that share a clock, a format and a period: one device, or all devices that a loop connects.
// It owns the thread that calls them (none when stepped) and the memory.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "dsp/format.h"
#include "hal/callback_gate.h"
#include "hal/capture/period_sink.h"
#include "hal/clocked/pacer.h"
#include "hal/device.h"
#include "hal/system/mutex.h"
#include "hal/system/owned_thread.h"
#include "hal/system/status.h"

namespace refwave::hal {

inline constexpr std::size_t kClockedStackBytes = 512 * 1024;

/// Control threads claim a place, start it, stop it and give it back, any number of threads at a time. They
/// hold no lock while they wait for a callback. A callback that does not return within kPatience makes the
/// line hung. It is not used again, and lives until the callback returns.
class ClockedLine : public std::enable_shared_from_this<ClockedLine> {
 public:
  /// The arguments of an open.
  struct Options {
    dsp::Format format;
    std::uint32_t period_frames = 480;
    double speed = 1.0;             // 0: stepped, by render() and record()
    bool loop = false;              // the inputs get the frames of the first playing output
    std::uint32_t loop_frames = 0;  // so many frames later
    // rtkit is not asked: its answer would delay the threads that wait for this clock.
    AudioPriority priority = AudioPriority::realtime;
    bool may_wait = false;  // for `sink` or `source`; then no period is late
  };
  static constexpr std::size_t kPlaces = 8;  // for each direction

  /// `sink`, if not null, gets every period of the first playing output. `uncaptured_ns`, if not null,
  /// counts the time of those periods, because there is no file for them. `source`, if not null, has the
  /// inputs' periods.
  ClockedLine(const Options& options, std::shared_ptr<PeriodSink> sink,
              std::shared_ptr<std::atomic<std::uint64_t>> uncaptured_ns = nullptr,
              std::shared_ptr<PeriodSource> source = nullptr);

  const Options& options() const { return options_; }
  bool hung() const { return hung_.load(); }
  void give_up() noexcept { hung_ = true; }
  /// Returns: whether a missing callback is no fault: the line is stepped, or its thread is outside of
  /// callbacks and may wait for a slow disk, or for a FIFO's reader. Thread: any.
  bool may_be_silent() const noexcept {
    return options_.speed <= 0.0 || !calling_.load(std::memory_order_relaxed);
  }

  /// Returns: a place, or nothing when all are taken.
  std::optional<std::size_t> claim(Direction direction, std::shared_ptr<AudioCallback> callback);
  /// Effects: stops, and gives the place back.
  void release(Direction direction, std::size_t place);
  /// Errors: the line hangs, or (start) there is no thread.
  Status start(Direction direction, std::size_t place);
  Status stop(Direction direction, std::size_t place);

  /// Effects: render() runs one period of every started output, record() of every started input. Thread:
  /// audio (this line's own, or the stepping thread).
  REFWAVE_AUDIO_THREAD void render(const Beat& beat) noexcept;
  REFWAVE_AUDIO_THREAD void record(const Beat& beat) noexcept;

 private:
  struct Place {
    bool claimed = false;
    std::shared_ptr<AudioCallback> callback;
    CallbackGate gate;
  };
  using Places = std::array<Place, kPlaces>;

  Places& places(Direction direction) { return direction == Direction::output ? outputs_ : inputs_; }
  bool any_open() const;
  void empty_the_loop();
  Status start_thread() REQUIRES(control_);
  bool end_thread(std::chrono::steady_clock::time_point deadline) REQUIRES(control_);
  REFWAVE_AUDIO_THREAD void call(Place& place, const Period& period) noexcept;
  REFWAVE_AUDIO_THREAD std::vector<std::byte>& looped() noexcept;
  REFWAVE_AUDIO_THREAD void run(const std::atomic<bool>& ending) noexcept;
  REFWAVE_AUDIO_THREAD Period period(const Beat& beat, std::vector<std::byte>& data) const noexcept;

  const Options options_;
  const std::shared_ptr<PeriodSink> sink_;
  const std::shared_ptr<PeriodSource> source_;
  const std::shared_ptr<std::atomic<std::uint64_t>> uncaptured_ns_;
  std::vector<std::byte> heard_;    // the frames of the first playing output
  std::vector<std::byte> unheard_;  // the frames of the other outputs
  std::vector<std::byte> silence_;
  bool playing_ = false;               // heard_ belongs to this period
  std::vector<std::byte> on_the_way_;  // the loop's delay, as a ring
  std::size_t oldest_ = 0;             // of it
  std::atomic<bool> hung_{false};
  std::atomic<bool> calling_{false};  // audio thread → control: it is inside a callback

  Places outputs_;
  Places inputs_;
  Mutex control_;
  std::shared_ptr<std::atomic<bool>> ending_ GUARDED_BY(control_);  // the running thread's own
  OwnedThread thread_ GUARDED_BY(control_);
};

/// An open device: a place on a line, which it gives back.
class LineDevice : public Device {
 public:
  LineDevice(std::shared_ptr<ClockedLine> line, Direction direction, std::size_t place, OpenInfo info)
      : line_(std::move(line)), direction_(direction), place_(place), info_(std::move(info)) {}
  ~LineDevice() override { line_->release(direction_, place_); }

  const OpenInfo& info() const override { return info_; }
  Status start() override { return line_->start(direction_, place_); }
  Status stop() override { return line_->stop(direction_, place_); }
  bool may_be_silent() const noexcept override { return line_->may_be_silent(); }
  void give_up() noexcept override { line_->give_up(); }

 private:
  const std::shared_ptr<ClockedLine> line_;
  const Direction direction_;
  const std::size_t place_;
  const OpenInfo info_;
};

}  // namespace refwave::hal
