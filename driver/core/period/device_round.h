// One open device's period over its engine's streams: try the lock, check the device, work, post the finished
// blocks, release the lock, finally wake one notifier. Mixer and Recorder do the work. The audio thread's.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "driver/core/handover/client_callback.h"
#include "driver/core/stream/audio_state.h"
#include "driver/core/stream/cycle.h"
#include "driver/core/stream/stream_table.h"
#include "dsp/conversion.h"
#include "dsp/encoder.h"
#include "dsp/format.h"
#include "hal/system/cache_line.h"

namespace refwave::core {

class DeviceRound {
 public:
  DeviceRound(std::shared_ptr<StreamTable> table, std::shared_ptr<const MembershipMask> membership,
              std::uint32_t epoch, Completion completion)
      : table_(std::move(table)),
        membership_(std::move(membership)),
        epoch_(epoch),
        completion_(completion) {}

  /// Effects: `serve(state)`, with each stream's lock, returns the blocks it finished. `last`: of a period.
  template <typename Serve>
  REFWAVE_AUDIO_THREAD void each(bool last, Serve serve) noexcept {
    frames_to_next_ = kNever;
    for (std::size_t i = 0; i < MembershipMask::kWords; ++i) {
      for (std::uint64_t word = membership_->word(i); word != 0; word &= word - 1) {
        const std::size_t index = i * 64 + static_cast<std::size_t>(std::countr_zero(word));
        Stream& stream = table_->streams[index];
        const RtLock::Token acquisition = stream.lock.try_acquire();
        if (acquisition == 0) {
          StreamCounters::add(stream.counters.skipped, 1);
          continue;
        }
        stream.prefetch_messages();
        // Acquire: pairs with replace_state(). A thread that stopped before this load may find a fresh audio
        // state; then it also sees that its acquisition is gone.
        AudioState* const state = stream.audio_state.load(std::memory_order_acquire);
        if (state != nullptr && stream.lock.holds(acquisition) && state->device() == epoch_) {
          state->enter(acquisition);
          const std::uint32_t finished = serve(*state);
          StreamCounters::add(stream.counters.periods, 1);
          // Before the post, after which the notifier looks for the next block. Only with the last stream.
          if (last && is_last(i, word)) publish_forecast();
          // A needless post, after the lock was seized, is harmless.
          if (finished != 0) post(stream, *state);
        }
        stream.lock.release(acquisition);
      }
    }
  }

  /// Before the period's first each().
  REFWAVE_AUDIO_THREAD void begin(const Cycle& cycle, std::uint32_t rate) noexcept;

  /// Effects: the next block of the stream being served is done `frames` device frames from here. In each().
  REFWAVE_AUDIO_THREAD void foresee(std::uint32_t frames) noexcept {
    frames_to_next_ = std::min(frames_to_next_, frames);
  }

  /// Effects: publishes when the next block will be done. After the period's last each().
  REFWAVE_AUDIO_THREAD void end() noexcept;

  /// Effects: wakes a notifier if a stream became ready: the period's one system call. Call it with no lock.
  REFWAVE_AUDIO_THREAD void wake() noexcept;

  /// Effects: calls the clients whose blocks were finished (Completion::direct), and hands those that need a
  /// mutex to a notifier. Without a lock, floating-point modes restored.
  REFWAVE_AUDIO_THREAD void call_clients() noexcept;

  /// Returns: wake-ups since the device was opened, each a system call. Thread: any.
  std::uint64_t wakes() const noexcept { return wakes_.load(std::memory_order_relaxed); }
  /// Returns: whether a client has ended the audio thread. Thread: any.
  bool has_lost_thread() const noexcept { return has_lost_thread_.load(std::memory_order_relaxed); }
  /// Returns: when the clients that this thread calls last returned, in ns; 0: it calls none. Thread: audio.
  REFWAVE_AUDIO_THREAD std::int64_t clients_left_at() const noexcept { return clients_left_at_; }

 private:
  REFWAVE_AUDIO_THREAD bool is_direct() const noexcept {
    return completion_ == Completion::direct && !table_->ends_threads.load(std::memory_order_relaxed);
  }
  void leave_clients_to_notifiers() noexcept;
  REFWAVE_AUDIO_THREAD void post(Stream& stream, AudioState& state) noexcept;
  REFWAVE_AUDIO_THREAD void call_client(Stream& stream) noexcept;
  void call_held_client(Stream& stream) noexcept;
  REFWAVE_AUDIO_THREAD void publish_forecast() noexcept;
  REFWAVE_AUDIO_THREAD bool is_last(std::size_t i, std::uint64_t word) const noexcept;

  const std::shared_ptr<StreamTable> table_;
  const std::shared_ptr<const MembershipMask> membership_;
  const std::uint32_t epoch_;
  const Completion completion_;
  bool raised_ = false;
  std::array<std::uint64_t, MembershipMask::kWords> posted_{};  // streams that this thread may deliver itself
  // This period, and the earliest end of a block in sight.
  std::uint32_t period_frames_ = 0;
  std::int64_t due_ns_ = 0;
  double ns_per_frame_ = 0;  // 0: no clock knows it
  std::uint32_t processor_ = 0;
  std::uint32_t frames_to_next_ = kNever;
  std::int64_t clients_left_at_ = 0;
  std::atomic<std::uint64_t> wakes_{0};
  std::atomic<bool> has_lost_thread_{false};  // audio thread → control
};

/// Frames mixed at a time.
inline constexpr std::uint32_t kBusFrames = 1024;

/// What Mixer and Recorder share: a period of the open device, in runs of kBusFrames.
class DeviceWork {
 public:
  const DeviceRound& round() const noexcept { return round_; }
  /// Returns: whether no stream had a block left, or to fill, after the newest period.
  REFWAVE_AUDIO_THREAD bool is_idle() const noexcept { return is_idle_; }
  /// Returns: as hal::AudioCallback::used_frames.
  REFWAVE_AUDIO_THREAD std::uint32_t used_frames() const noexcept { return used_frames_; }

 protected:
  /// Thread: control.
  DeviceWork(std::shared_ptr<StreamTable> table, std::shared_ptr<const MembershipMask> membership,
             std::uint32_t epoch, Completion completion, const dsp::Format& device)
      : round_(std::move(table), std::move(membership), epoch, completion), device_(device), frames_{} {}

  /// Effects: `work(run, first, last)` for each run, then has clients called.
  template <typename Work>
  REFWAVE_AUDIO_THREAD void run(const Cycle& cycle, Work work) noexcept;

  DeviceRound round_;
  bool is_idle_ = false;
  std::uint32_t used_frames_ = 0;
  const dsp::Format device_;
  alignas(hal::kCacheLine) std::array<float, std::size_t{kBusFrames} * dsp::kMaxChannels> frames_;
};

/// Mixes an open device's streams, and encodes that for the device.
class Mixer : public DeviceWork {
 public:
  /// `device_volume`: as Stream::volume, of the wave device.
  Mixer(std::shared_ptr<StreamTable> table, std::shared_ptr<const MembershipMask> membership,
        std::uint32_t epoch, Completion completion, const dsp::Format& device,
        std::shared_ptr<const std::atomic<std::uint32_t>> device_volume,
        dsp::Dither dither = dsp::Dither::automatic);

  /// Effects: fills `cycle.frames` frames at `out`, then has clients called.
  REFWAVE_AUDIO_THREAD void render(std::byte* out, const Cycle& cycle) noexcept;

  /// Returns: whether a stream had sound in the newest period.
  REFWAVE_AUDIO_THREAD bool has_sounded() const noexcept { return has_sounded_; }

 private:
  bool has_sounded_ = false;
  dsp::Encoder encoder_;
  const std::shared_ptr<const std::atomic<std::uint32_t>> device_volume_;
};

/// Decodes what an open device recorded, and gives it to every stream.
class Recorder : public DeviceWork {
 public:
  Recorder(std::shared_ptr<StreamTable> table, std::shared_ptr<const MembershipMask> membership,
           std::uint32_t epoch, Completion completion, const dsp::Format& device);

  /// Effects: takes `cycle.frames` frames at `in`, then has clients called.
  REFWAVE_AUDIO_THREAD void capture(const std::byte* in, const Cycle& cycle) noexcept;

 private:
  const dsp::Decode decode_;
};

}  // namespace refwave::core
