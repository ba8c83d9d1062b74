// The driver's side of one open sound device: turns the device's periods into the mixer's or recorder's
// cycles and counts late ones. Each open device has one object and keeps it alive for as long as it may call.
// The device's audio thread runs process(); control threads read the counters.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "driver/core/period/device_round.h"
#include "driver/core/stream/statistics.h"
#include "driver/core/stream/stream_table.h"
#include "driver/engine/pace.h"
#include "hal/device.h"
#include "hal/system/threads.h"

namespace refwave::engine {

/// The settings of a DeviceSide; constant while the device is open.
struct SideSettings {
  hal::Direction direction = hal::Direction::output;
  std::uint32_t epoch = 0;
  core::Completion completion = core::Completion::deferred;
  dsp::Dither dither = dsp::Dither::automatic;
};

class DeviceSide final : public hal::AudioCallback {
 public:
  DeviceSide(std::shared_ptr<core::StreamTable> table, std::shared_ptr<const core::MembershipMask> membership,
             std::shared_ptr<const std::atomic<std::uint32_t>> volume, const SideSettings& settings);
  ~DeviceSide() override;

  /// Effects: makes the mixer or the recorder for the opened device. Thread: control, before the start.
  void prepare(const hal::OpenInfo& info);

  REFWAVE_AUDIO_THREAD void process(const hal::Period& period) noexcept override;
  REFWAVE_AUDIO_THREAD bool is_idle() const noexcept override { return mixer_ && mixer_->is_idle(); }
  REFWAVE_AUDIO_THREAD std::uint32_t used_frames() const noexcept override { return work().used_frames(); }
  REFWAVE_AUDIO_THREAD void on_lost() noexcept override { lost_.store(true, std::memory_order_relaxed); }

  std::uint32_t epoch() const { return settings_.epoch; }
  bool is_lost() const { return lost_.load(std::memory_order_relaxed); }
  /// Returns: monotonic time of the newest callback's start; 0 before the first. Acquire: pairs with
  /// note_pace(). Who has seen a callback knows audio_thread().
  std::int64_t last_period_ns() const { return last_period_ns_.load(std::memory_order_acquire); }
  /// Returns: up to which of its frames the device has had sound, and which it had played at its newest
  /// callback. Those it has been given since it was opened; 0 of a recording.
  std::uint64_t sound_end() const { return sound_end_.load(std::memory_order_relaxed); }
  std::uint64_t played() const { return played_.load(std::memory_order_relaxed); }
  /// Returns: its counters since the device was opened; the device's name and format are left out.
  core::DeviceStatistics statistics() const;
  /// Returns: whether a client has ended the audio thread (completion = direct).
  bool has_lost_thread() const { return work().round().has_lost_thread(); }
  /// Returns: the audio thread (hal::this_thread_id()), 0 before its first callback.
  std::uintptr_t audio_thread() const { return audio_thread_.load(std::memory_order_relaxed); }

 private:
  REFWAVE_AUDIO_THREAD const core::DeviceWork& work() const noexcept {
    return mixer_ ? static_cast<const core::DeviceWork&>(*mixer_) : *recorder_;
  }
  REFWAVE_AUDIO_THREAD void note_pace(const hal::Period& period) noexcept;
  REFWAVE_AUDIO_THREAD void note_lateness(const hal::Period& period, std::int64_t since_ns) noexcept;
  REFWAVE_AUDIO_THREAD void note_queue(const hal::Period& period, std::int64_t since_ns) noexcept;

  const std::shared_ptr<core::StreamTable> table_;
  const std::shared_ptr<const core::MembershipMask> membership_;
  const std::shared_ptr<const std::atomic<std::uint32_t>> volume_;
  const SideSettings settings_;
  std::int64_t period_ns_ = 0;  // the usual callback's length at clock rate 1
  bool has_schedule_ = false;
  // The audio thread's.
  Pace pace_;                   // of a device without a schedule
  std::int64_t behind_ns_ = 0;  // Cycle::behind_ns
  std::int64_t latency_ns_ = 0;
  std::uint32_t rate_ = 0;
  std::uint32_t thread_number_ = 0;
  std::int64_t queued_ns_ = 0;  // the audio thread's: what the device has at most, by the clock
  std::uint64_t taken_ = 0;     // frames that the device was given
  std::unique_ptr<core::Mixer> mixer_;
  std::unique_ptr<core::Recorder> recorder_;

  std::atomic<bool> lost_{false};                // backend → supervisor
  std::atomic<std::int64_t> last_period_ns_{0};  // audio thread → supervisor
  std::atomic<std::uint64_t> late_periods_{0};   // audio thread → control, as the next eight
  std::atomic<std::uint64_t> sound_end_{0};
  std::atomic<std::uint64_t> played_{0};
  std::atomic<std::uint32_t> queued_frames_{0};
  std::atomic<std::uint64_t> xruns_{0};
  std::atomic<std::uint64_t> reanchors_{0};
  std::atomic<std::uint64_t> dropped_ns_{0};
  std::atomic<std::int64_t> max_lateness_ns_{0};
  std::atomic<std::uintptr_t> audio_thread_{0};
};

}  // namespace refwave::engine
