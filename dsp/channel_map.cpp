// The rules of channel_map.h as a table and a walk along it, and the choice of the kernel.
#include "dsp/channel_map.h"

#include <algorithm>

#include "dsp/speakers.h"

namespace refwave::dsp {
namespace {

constexpr float kMinus3dB = 0.70710678F;
constexpr std::uint32_t kStereo = speaker_bit(Speaker::front_left) | speaker_bit(Speaker::front_right);

/// Gains by speaker: how loud one channel is on each.
using Spread = std::array<float, kSpeakers>;

/// The speakers that get a missing one's signal: one, or the two between which it lies; itself: none.
struct Fold {
  Speaker to;
  Speaker to_too;
};

using enum Speaker;

constexpr std::array<Fold, kSpeakers> kFolds = {{
    {front_left, front_left},        // front_left
    {front_right, front_right},      // front_right
    {front_left, front_right},       // front_center
    {low_frequency, low_frequency},  // low_frequency
    {front_left, front_left},        // back_left
    {front_right, front_right},      // back_right
    {front_left, front_left},        // front_left_of_center
    {front_right, front_right},      // front_right_of_center
    {back_left, back_right},         // back_center
    {front_left, front_left},        // side_left
    {front_right, front_right},      // side_right
    {front_center, front_center},    // top_center
    {front_left, front_left},        // top_front_left
    {front_center, front_center},    // top_front_center
    {front_right, front_right},      // top_front_right
    {back_left, back_left},          // top_back_left
    {back_center, back_center},      // top_back_center
    {back_right, back_right},        // top_back_right
}};

constexpr std::size_t index(Speaker speaker) { return static_cast<std::size_t>(speaker); }

bool has(std::uint32_t mask, Speaker speaker) { return (mask & speaker_bit(speaker)) != 0; }

/// Returns: the speaker of the same side that replaces this one at unity; itself if there is none.
Speaker stand_in(Speaker speaker) {
  constexpr std::array<std::array<Speaker, 2>, 2> pairs = {
      {{back_left, side_left}, {back_right, side_right}}};
  for (const auto& [back, side] : pairs) {
    if (speaker == back) return side;
    if (speaker == side) return back;
  }
  return speaker;
}

/// Effects: adds a signal of level `gain`, meant for `from`, to the speakers of `out` that play it. `in` are
/// the speakers for which the stream has channels.
void spread(Speaker from, float gain, std::uint32_t in, std::uint32_t out, Spread& heard) {
  if (has(out, from)) {
    heard[index(from)] += gain;
    return;
  }
  if (const Speaker other = stand_in(from); has(out, other)) {
    heard[index(other)] += has(in, other) ? gain * kMinus3dB : gain;
    return;
  }
  const auto [to, to_too] = kFolds[index(from)];
  if (to == from) return;
  spread(to, gain * kMinus3dB, in, out, heard);
  if (to_too != to) spread(to_too, gain * kMinus3dB, in, out, heard);
}

/// Returns: the gains of a stream's channel for `from` on a device of two or more channels.
Spread heard_on(Speaker from, std::uint32_t in, std::uint32_t out) {
  Spread heard = {};
  const bool mono = in == speaker_bit(front_center);
  if (mono && (out & kStereo) == kStereo) {
    heard[index(front_left)] = 1;
    heard[index(front_right)] = 1;
  } else {
    spread(from, 1, in, out, heard);
  }
  return heard;
}

/// True if the first `channels` channels have one steady gain.
REFWAVE_AUDIO_THREAD bool is_one_gain(const GainRun& gain, std::size_t channels) noexcept {
  for (std::size_t channel = 0; channel < channels; ++channel) {
    if (gain.slope[channel] != 0 || gain.start[channel] != gain.start[0]) return false;
  }
  return true;
}

}  // namespace

ChannelMap::ChannelMap(const Format& in, const Format& out) noexcept
    : in_channels_(in.channels),
      out_channels_(out.channels),
      sample_bytes_(bytes_per_sample(in.type)),
      decode_(decoder(in.type)),
      add_mix_(kernels().add[static_cast<std::size_t>(SampleType::f32)]),
      add_bytes_(kernels().add[static_cast<std::size_t>(in.type)]),
      add_mapped_(kernels().add_mapped),
      matrix_{.in_channels = in.channels, .out_channels = out.channels} {
  const std::uint32_t in_mask = speaker_mask(in);
  const std::uint32_t out_mask = speaker_mask(out);
  const auto in_speakers = speakers_of(in);
  const auto out_speakers = speakers_of(out);
  bool heard_at_all = false;
  for (std::size_t from = 0; from < in_channels_; ++from) {
    const bool to_mono = out_channels_ == 1;
    const Spread heard = heard_on(in_speakers[from], in_mask, to_mono ? kStereo : out_mask);
    for (std::size_t to = 0; to < out_channels_; ++to) {
      matrix_.rows[from][to] = to_mono ? (heard[index(front_left)] + heard[index(front_right)]) / 2
                                       : heard[index(out_speakers[to])];
      heard_at_all |= matrix_.rows[from][to] != 0;
    }
  }
  for (std::size_t i = 0; !heard_at_all && i < std::min(in_channels_, out_channels_); ++i)
    matrix_.rows[i][i] = 1;
  Matrix identity;
  for (std::size_t i = 0; i < in_channels_; ++i) identity.rows[i][i] = 1;
  identity_ = in_channels_ == out_channels_ && matrix_.rows == identity.rows;
  const bool to_both =
      in_channels_ == 1 && out_channels_ == 2 && matrix_.rows[0][0] == 1 && matrix_.rows[0][1] == 1;
  if (to_both) shape_ = Shape::mono_to_stereo;
  if (identity_ && out_channels_ == 2) shape_ = Shape::stereo;
}

/// Returns: false if there is no kernel for such a map and such gains; nothing has been added then.
bool ChannelMap::add_quickly(const Adders& adders, const std::byte* in, float* bus, std::size_t frames,
                             const GainRun& gain) const noexcept {
  if (identity_ && is_one_gain(gain, out_channels_)) {
    adders.samples(in, bus, frames * out_channels_, gain.start[0]);
  } else if (shape_ == Shape::stereo) {
    adders.stereo(in, bus, frames, gain);
  } else if (shape_ == Shape::mono_to_stereo) {
    adders.mono_to_stereo(in, bus, frames, gain);
  } else {
    return false;
  }
  return true;
}

void ChannelMap::add(const float* in, float* bus, std::size_t frames, const GainRun& gain) const noexcept {
  if (add_quickly(add_mix_, reinterpret_cast<const std::byte*>(in), bus, frames, gain)) return;
  add_mapped_(in, bus, frames, matrix_, gain, 0);
}

void ChannelMap::add(const std::byte* in, float* bus, std::size_t frames,
                     const GainRun& gain) const noexcept {
  if (add_quickly(add_bytes_, in, bus, frames, gain)) return;
  // Few enough frames to stay in the first-level cache.
  constexpr std::size_t kFrames = 64;
  alignas(64) float decoded[kFrames * kMaxChannels];
  for (std::size_t done = 0; done < frames; done += kFrames) {
    const std::size_t n = std::min(frames - done, kFrames);
    decode_(in + done * in_step(in), decoded, n * in_channels_);
    add_mapped_(decoded, bus + done * out_channels_, n, matrix_, gain, done);
  }
}

}  // namespace refwave::dsp
