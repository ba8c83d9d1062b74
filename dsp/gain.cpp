// A ramp is stored as its target, its slope and the remaining frames, so no error accumulates.
#include "dsp/gain.h"

#include <algorithm>
#include <initializer_list>

#include "dsp/speakers.h"

namespace refwave::dsp {
namespace {

using enum Speaker;

consteval std::uint32_t mask_of(std::initializer_list<Speaker> speakers) {
  std::uint32_t mask = 0;
  for (const Speaker speaker : speakers) mask |= speaker_bit(speaker);
  return mask;
}

constexpr std::uint32_t kLeft =
    mask_of({front_left, back_left, front_left_of_center, side_left, top_front_left, top_back_left});
constexpr std::uint32_t kRight =
    mask_of({front_right, back_right, front_right_of_center, side_right, top_front_right, top_back_right});

template <typename In>
REFWAVE_AUDIO_THREAD void mix_any(const ChannelMap& map, Gain& gain, const In* in, float* bus,
                                  std::size_t frames) noexcept {
  while (frames != 0) {
    const GainRun run = gain.take(frames);
    map.add(in, bus, run.frames, run);
    in += run.frames * map.in_step(in);
    bus += run.frames * map.out_channels();
    frames -= run.frames;
  }
}

}  // namespace

Gain::Gain(const Format& out, std::uint32_t ramp_frames) noexcept
    : ramp_frames_(ramp_frames), channels_(out.channels) {
  const auto speakers = speakers_of(out);
  for (std::size_t channel = 0; channel < kMaxChannels; ++channel) {
    const std::uint32_t bit = speaker_bit(speakers[channel]);
    sides_[channel] = (kLeft & bit) != 0 ? Side::left : (kRight & bit) != 0 ? Side::right : Side::middle;
  }
}

void Gain::set_target(float left, float right) noexcept {
  if (left == left_ && right == right_) return;
  const Gains from = now();
  jump(left, right);
  if (ramp_frames_ == 0) return;
  remaining_ = ramp_frames_;
  const auto frames = static_cast<float>(ramp_frames_);
  for (std::size_t i = 0; i < channels_; ++i) slope_[i] = (target_[i] - from[i]) / frames;
}

void Gain::jump(float left, float right) noexcept {
  left_ = left;
  right_ = right;
  remaining_ = 0;
  for (std::size_t i = 0; i < channels_; ++i) {
    target_[i] = sides_[i] == Side::left ? left : sides_[i] == Side::right ? right : (left + right) / 2;
  }
}

Gain::Gains Gain::now() const noexcept {
  Gains gains = target_;
  for (std::size_t i = 0; i < channels_; ++i) gains[i] -= slope_[i] * static_cast<float>(remaining_);
  return gains;
}

GainRun Gain::take(std::size_t frames) noexcept {
  if (remaining_ == 0) return {frames, target_, {}};
  GainRun run = {std::min<std::size_t>(frames, remaining_), now(), slope_};
  for (std::size_t i = 0; i < channels_; ++i) run.start[i] += slope_[i];
  remaining_ -= static_cast<std::uint32_t>(run.frames);
  return run;
}

void mix(const ChannelMap& map, Gain& gain, const float* in, float* bus, std::size_t frames) noexcept {
  mix_any(map, gain, in, bus, frames);
}

void mix(const ChannelMap& map, Gain& gain, const std::byte* in, float* bus, std::size_t frames) noexcept {
  mix_any(map, gain, in, bus, frames);
}

}  // namespace refwave::dsp
