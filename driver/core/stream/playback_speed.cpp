// PlaybackState under a changed playback rate or pitch.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "driver/core/stream/stream.h"

namespace refwave::core {

SpeedRequest PlaybackState::speed_request(dsp::Factor rate, dsp::Factor pitch,
                                          dsp::Quality quality) const noexcept {
  const bool is_change = rate != dsp::kUnity || pitch != dsp::kUnity;
  return {.rate = rate,
          .pitch = pitch,
          .quality = quality,
          .client = client(),
          .needs_stage = !stage_owner_ && is_change,
          .filter = stage_owner_ ? std::optional(stage_owner_->filter_key(rate, pitch)) : std::nullopt};
}

bool PlaybackState::prepare_speed(SpeedParts& parts) noexcept {
  if (stage_owner_) return stage_owner_->prepare(parts.request.rate, parts.request.pitch);
  if (!parts.stage) return true;
  stage_owner_ = std::move(parts.stage);
  // Release: pairs with apply_speed().
  new_stage_.store(stage_owner_.get(), std::memory_order_release);
  return true;
}

/// After the first change all frames go through the stage, which copies them while rate and pitch are one.
void PlaybackState::apply_speed() noexcept {
  if (stage_ == nullptr) {
    // Acquire: pairs with prepare_speed().
    stage_ = new_stage_.load(std::memory_order_acquire);
    if (stage_ == nullptr) return;
    stage_->begin(position_);
  }
  // Acquire: pairs with Streams::set_speed(). What was prepared for this speed is there.
  const PackedSpeed speed = stream_.speed.load(std::memory_order_acquire);
  stage_->set(rate_of(speed), pitch_of(speed));
}

double PlaybackState::speed_rate() const noexcept { return stage_ != nullptr ? stage_->rate() : 1.0; }

/// Returns: frames made, at the client's rate.
std::uint32_t PlaybackState::next_frames(float* out, std::uint32_t frames) noexcept {
  if (stage_ == nullptr) return pull(out, frames);
  const std::uint32_t made = stage_->make(out, frames, [&](float* to, std::uint32_t n) noexcept {
    const std::uint32_t pulled = pull(to, n);
    // If the client writes more, this silence lies within its sound, and counts as a gap.
    if (pulled == 0 && position_ != 0 && !dry_) restart_dry();
    return pulled;
  });
  stage_->note(position_);
  return made;
}

std::uint32_t PlaybackState::render_changed(float* bus, std::uint32_t frames) noexcept {
  Pipeline& way = *pipeline_;
  std::uint32_t made = 0;
  while (made < frames) {
    const std::uint32_t n = next_frames(way.after.data(), std::min(frames - made, kRunFrames));
    if (n == 0) break;
    dsp::mix(way.map, way.gain, way.after.data(), bus + std::size_t{made} * way.to.channels, n);
    made += n;
  }
  return made;
}

/// Returns: whether frames were taken that have not come out.
bool PlaybackState::holds_frames() const noexcept {
  if (position_ == 0) return false;
  if (stage_ != nullptr && stage_->holds_frames()) return true;
  return pipeline_->resampler && pipeline_->resampler->delay_frames() > static_cast<double>(silence_);
}

/// Returns: the client's frames that have left the filters and, under done = played, the device.
std::uint64_t PlaybackState::heard_frames() const noexcept {
  double inside = 0;
  if (pipeline_->resampler) {
    inside =
        pipeline_->resampler->delay_frames() + static_cast<double>(held_) - static_cast<double>(silence_);
  }
  if (done_when_ == Done::played) {
    inside = std::max(inside, 0.0) +
             static_cast<double>(line_.unheard()) * pipeline_->from.rate / pipeline_->to.rate;
  }
  if (stage_ != nullptr) {
    const auto heard = std::llround(std::max(stage_->position_before(std::max(inside, 0.0)), 0.0));
    return std::min(position_, static_cast<std::uint64_t>(heard));
  }
  if (inside <= 0) return position_;
  return position_ - std::min(position_, static_cast<std::uint64_t>(std::llround(inside)));
}

}  // namespace refwave::core
