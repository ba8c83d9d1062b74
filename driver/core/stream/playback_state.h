// The audio state of an output stream: converts blocks into the mix, finishes them, keeps the position.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "driver/core/conversion/pipeline.h"
#include "driver/core/conversion/speed_stage.h"
#include "driver/core/handover/client_callback.h"
#include "driver/core/stream/audio_state.h"
#include "driver/core/stream/cycle.h"
#include "driver/core/stream/device_line.h"

namespace refwave::core {

class PlaybackState final : public AudioState {
 public:
  /// Thread: control. Throws std::bad_alloc.
  PlaybackState(Stream& stream, const dsp::Format& client, std::uint32_t capacity, Done done_when,
                PositionClock& clock, BlockRing::Cursor first = 0);

  /// Effects: adds the next frames to `bus`. Returns: blocks finished. `device_volume`: as Stream::volume.
  REFWAVE_AUDIO_THREAD std::uint32_t render(float* bus, const Cycle& cycle,
                                            std::uint32_t device_volume) noexcept;

  /// Returns: what the stream still needs for this rate and pitch. Thread: control, under the mutex.
  SpeedRequest speed_request(dsp::Factor rate, dsp::Factor pitch, dsp::Quality quality) const noexcept;
  /// Effects: takes the parts; the caller then stores their speed. Errors: false without memory.
  bool prepare_speed(SpeedParts& parts) noexcept;

  /// Returns: device frames until the next block is done, or kNever; a forecast. Thread: audio.
  REFWAVE_AUDIO_THREAD std::uint32_t frames_to_done() noexcept;

  /// Returns: how many frames the newest render() mixed.
  REFWAVE_AUDIO_THREAD std::uint32_t made() const noexcept { return made_; }

  std::int64_t playout_end_ns() const noexcept override { return playout_end_ns_; }

  /// Also false if stepped. Thread: any.
  bool has_tail() const noexcept override { return has_tail_.load(std::memory_order_relaxed); }

  std::unique_ptr<AudioState> make_fresh(PositionClock& clock) override;
  void return_all() noexcept override;
  std::unique_ptr<Pipeline> exchange_pipeline(std::unique_ptr<Pipeline> pipeline) noexcept override;
  bool counts_given_back() const noexcept override { return true; }

 private:
  struct Loop {
    bool active = false;
    BlockRing::Cursor begin = 0;
    std::uint32_t passes_left = 0;  // this one included; kEndless: until BREAKLOOP
    std::uint64_t pass_frames = 0;
  };
  static constexpr std::uint32_t kEndless = 0xFFFF'FFFFU;

  REFWAVE_AUDIO_THREAD void apply_volume(std::uint32_t device_volume) noexcept;
  REFWAVE_AUDIO_THREAD void apply_speed() noexcept;
  REFWAVE_AUDIO_THREAD std::uint32_t render_changed(float* bus, std::uint32_t frames) noexcept;
  REFWAVE_AUDIO_THREAD std::uint32_t render_resampled(float* bus, std::uint32_t frames) noexcept;
  REFWAVE_AUDIO_THREAD bool feed_resampler(std::uint32_t frames) noexcept;
  template <typename Use>
  REFWAVE_AUDIO_THREAD std::uint32_t take_blocks(std::uint32_t frames, Use use) noexcept;
  REFWAVE_AUDIO_THREAD std::uint32_t next_frames(float* out, std::uint32_t frames) noexcept;
  REFWAVE_AUDIO_THREAD void look_at(const std::byte* data, std::uint32_t frames) noexcept;
  REFWAVE_AUDIO_THREAD std::uint32_t pull(float* out, std::uint32_t frames) noexcept;
  REFWAVE_AUDIO_THREAD void begin_block(const Block& block) noexcept;
  REFWAVE_AUDIO_THREAD void end_block(Block& block) noexcept;
  REFWAVE_AUDIO_THREAD void finish_played() noexcept;
  REFWAVE_AUDIO_THREAD void restart_dry() noexcept;
  REFWAVE_AUDIO_THREAD bool comes_late() const noexcept;
  REFWAVE_AUDIO_THREAD void ran_dry(std::uint32_t missing_frames) noexcept;
  REFWAVE_AUDIO_THREAD bool more_of_loop_may_come() noexcept;
  REFWAVE_AUDIO_THREAD std::uint64_t heard_frames() const noexcept;
  REFWAVE_AUDIO_THREAD double speed_rate() const noexcept;
  REFWAVE_AUDIO_THREAD bool holds_frames() const noexcept;
  REFWAVE_AUDIO_THREAD std::int64_t end_ns(const Cycle& cycle) const noexcept;
  REFWAVE_AUDIO_THREAD void finish_consumed() noexcept;

  const Done done_when_;
  const dsp::CountNonFinite count_non_finite_;  // null for integers
  const dsp::Measure measure_;
  bool is_measuring_ = false;                   // in this render()
  std::uint32_t volume_ = 0xFFFF'FFFFU;         // last applied: the stream's
  std::uint32_t device_volume_ = 0xFFFF'FFFFU;  // and the device's
  bool heard_before_ = false;  // volume jumps before the first frame and is ramped afterwards

  std::uint32_t offset_ = 0;    // frames of the playing block that are consumed
  std::uint32_t finished_ = 0;  // blocks finished in this render()
  std::uint32_t made_ = 0;
  std::uint32_t breaks_seen_;  // of Stream::loop_breaks
  Loop loop_;

  DeviceLine line_;
  // Running dry counts as an underrun if more comes soon, by the device's frames and by the clock.
  static constexpr std::uint32_t kLongAgo = std::uint32_t{1} << 31;
  bool dry_ = true;
  std::uint32_t dry_frames_ = kLongAgo;  // device frames since it ran dry
  Cycle cycle_;                          // of the period that is being rendered
  std::int64_t end_ns_ = 0;              // when its last frame will have been heard; 0: no clock knows it
  std::int64_t playout_end_ns_ = 0;
  // The lock's owner → a closer, which then takes the lock.
  std::atomic<bool> has_tail_{false};

  // Made once by a control thread; only the pointer is handed over. Release: pairs with apply_speed().
  std::unique_ptr<SpeedStage> stage_owner_;  // guarded by the stream's mutex
  std::atomic<SpeedStage*> new_stage_{nullptr};
  SpeedStage* stage_ = nullptr;  // guarded by the lock; null: rate and pitch were never changed

  std::uint32_t held_ = 0;  // frames in pipeline_->before that the resampler has not taken
  std::uint32_t held_at_ = 0;
  std::uint64_t silence_ = 0;  // frames of silence fed to the resampler since the last real one
};

}  // namespace refwave::core
