// The kernels of the resampler (kernels.h). Compiled once for each target, so there is no include guard.
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "dsp/kernels/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace refwave::dsp::HWY_NAMESPACE {

// A group is two vectors, which share loads, or one where vectors are long, or with eight registers.
inline constexpr std::size_t kVectors = kLanes > 8 || sizeof(void*) < 8 ? 1 : 2;
inline constexpr std::size_t kGroupFrames = kVectors * kLanes;

/// Sums of a vector's lanes in double.
template <class D>
class Totals {
 public:
  HWY_INLINE Totals() : lower_(hn::Zero(Wide())), upper_(lower_) {}

  HWY_INLINE void add(hn::Vec<D> part) {
    if constexpr (kHasVectors) {
      const hn::Half<D> half;
      lower_ = hn::Add(lower_, hn::PromoteTo(Wide(), hn::LowerHalf(half, part)));
      upper_ = hn::Add(upper_, hn::PromoteTo(Wide(), UpperHalf(half, part)));
    } else {
      lower_ = hn::Add(lower_, hn::PromoteTo(Wide(), part));
    }
  }
  HWY_INLINE hn::Vec<D> rounded() const {
    if constexpr (kHasVectors) {
      const hn::Half<D> half;
      return Combine(D(), hn::DemoteTo(half, upper_), hn::DemoteTo(half, lower_));
    } else {
      return hn::DemoteTo(D(), lower_);
    }
  }

 private:
  using Wide = hn::CappedTag<double, std::max<std::size_t>(hn::MaxLanes(D()) / 2, 1)>;
  hn::Vec<Wide> lower_;
  hn::Vec<Wide> upper_;
};

/// Effects: computes all frames of the group, for one channel or two, each at its own place at `out`.
template <std::size_t channels>
HWY_INLINE void apply_group(const FilterGroup& group, const float* window, float* out) {
  // Independent sums, because a sum waits for the one before it. Half of them come from either end.
  constexpr std::size_t kSums = std::min<std::size_t>(8 / (channels * kVectors), kTapsUnit);
  // Pairs of taps in the middle that are added in float at a time.
  const std::size_t at_once = group.in_double ? kSums / 2 : 2 * kSums;
  const std::size_t pairs = group.taps / 2;
  const std::size_t in_middle = std::min((group.middle / 2 + at_once - 1) / at_once * at_once, pairs);
  Totals<Floats> totals[channels][kVectors];
  for (std::size_t i = 0, end = pairs - in_middle; i < pairs; end = std::min(end + at_once, pairs)) {
    Vector sums[channels][kVectors][kSums];
    for (auto& of_channel : sums)
      for (auto& of_vector : of_channel)
        for (auto& sum : of_vector) sum = hn::Zero(Floats());
    for (; i < end; i += kSums / 2) {
      for (std::size_t n = 0; n < kSums; ++n) {
        const std::size_t tap = n % 2 == 0 ? i + n / 2 : group.taps - 1 - i - n / 2;
        for (std::size_t v = 0; v < kVectors; ++v) {
          const auto row = hn::Load(Floats(), group.coefficients + tap * kGroupFrames + v * kLanes);
          for (std::size_t c = 0; c < channels; ++c)
            sums[c][v][n] = hn::MulAdd(row, hn::Set(Floats(), window[c * group.stride + tap]), sums[c][v][n]);
        }
      }
    }
    for (std::size_t c = 0; c < channels; ++c)
      for (std::size_t v = 0; v < kVectors; ++v)
        for (const auto& sum : sums[c][v]) totals[c][v].add(sum);
  }
  for (std::size_t c = 0; c < channels; ++c)
    for (std::size_t v = 0; v < kVectors; ++v)
      hn::StoreU(totals[c][v].rounded(), Floats(), out + c * kGroupFrames + v * kLanes);
}

/// Effects: interleaves the wanted frames of one channel or two into frames of all channels.
template <std::size_t channels>
HWY_INLINE void interleave(const FilterGroup& group, const float* made, float* out) {
  if constexpr (channels == 2 && kHasVectors) {
    if (group.channels == 2 && group.frames == kGroupFrames) {
      for (std::size_t v = 0; v < kVectors; ++v)
        StoreInterleaved2(hn::LoadU(Floats(), made + v * kLanes),
                          hn::LoadU(Floats(), made + kGroupFrames + v * kLanes), Floats(),
                          out + 2 * v * kLanes);
      return;
    }
  }
  for (std::size_t frame = 0; frame < group.frames; ++frame)
    for (std::size_t c = 0; c < channels; ++c)
      out[frame * group.channels + c] = made[c * kGroupFrames + group.first + frame];
}

template <std::size_t channels>
HWY_INLINE void make_group(const FilterGroup& group, std::size_t channel, float* out) {
  float made[channels * kGroupFrames];
  apply_group<channels>(group, group.window + channel * group.stride, made);
  interleave<channels>(group, made, out + channel);
}

REFWAVE_AUDIO_THREAD void filter_group(const FilterGroup& group, float* out) noexcept {
  std::size_t channel = 0;
  for (; channel + 2 <= group.channels; channel += 2) make_group<2>(group, channel, out);
  if (channel < group.channels) make_group<1>(group, channel, out);
}

template <class D>
HWY_INLINE std::size_t separate_pairs(D floats, const float* in, std::size_t frames, float* out,
                                      std::size_t stride) {
  std::size_t frame = 0;
  for (; frame + kLanes <= frames; frame += kLanes) {
    auto left = hn::Zero(floats);
    auto right = hn::Zero(floats);
    LoadInterleaved2(floats, in + 2 * frame, left, right);
    hn::StoreU(left, floats, out + frame);
    hn::StoreU(right, floats, out + stride + frame);
  }
  return frame;
}

REFWAVE_AUDIO_THREAD void separate(const float* in, std::size_t frames, std::size_t channels, float* out,
                                   std::size_t stride) noexcept {
  if (channels == 1) {
    std::memcpy(out, in, frames * sizeof(float));
    return;
  }
  std::size_t begin = 0;
  if constexpr (kHasVectors) {
    if (channels == 2) begin = separate_pairs(Floats(), in, frames, out, stride);
  }
  for (std::size_t c = 0; c < channels; ++c)
    for (std::size_t frame = begin; frame < frames; ++frame)
      out[c * stride + frame] = in[frame * channels + c];
}

// Eight at most: half a row is a multiple of that, whatever the target.
using Taps = hn::CappedTag<float, kRowUnit / 2>;

/// Returns: the sum of all lanes of both. In double: these last sums are the largest, and float's rounding of
/// them alone would be heard at -144 dB.
template <class V>
HWY_INLINE float sum(V left, V right) {
  const Taps taps;
  if constexpr (hn::MaxLanes(taps) == 1) {
    return static_cast<float>(double{hn::GetLane(left)} + double{hn::GetLane(right)});
  } else {
    const hn::Half<Taps> half;
    const hn::Rebind<double, hn::Half<Taps>> wide;
    const auto lower = hn::Add(hn::PromoteTo(wide, hn::LowerHalf(half, left)),
                               hn::PromoteTo(wide, hn::LowerHalf(half, right)));
    const auto upper =
        hn::Add(hn::PromoteTo(wide, UpperHalf(half, left)), hn::PromoteTo(wide, UpperHalf(half, right)));
    return static_cast<float>(hn::GetLane(hn::SumOfLanes(wide, hn::Add(lower, upper))));
  }
}

/// Effects: one output sample of each of some channels, for which the row is read once.
template <std::size_t channels>
HWY_INLINE void apply_row(const FilterRun& run, const float* row, const float* window, float* out) {
  const Taps taps;
  hn::Vec<Taps> left[channels], right[channels];
  for (std::size_t c = 0; c < channels; ++c) left[c] = right[c] = hn::Zero(taps);
  for (std::size_t i = 0; i < run.row_length / 2; i += hn::Lanes(taps)) {
    const std::size_t mirrored = run.row_length - hn::Lanes(taps) - i;
    const auto begin = hn::Load(taps, row + i);
    const auto end = hn::Load(taps, row + mirrored);
    for (std::size_t c = 0; c < channels; ++c) {
      const float* const samples = window + c * run.stride;
      left[c] = hn::MulAdd(begin, hn::LoadU(taps, samples + i), left[c]);
      right[c] = hn::MulAdd(end, hn::LoadU(taps, samples + mirrored), right[c]);
    }
  }
  for (std::size_t c = 0; c < channels; ++c) out[c] = sum(left[c], right[c]);
}

HWY_INLINE void apply_to_channels(const FilterRun& run, const float* row, const float* window, float* out) {
  std::size_t channel = 0;
  for (; channel + 2 <= run.channels; channel += 2)
    apply_row<2>(run, row, window + channel * run.stride, out + channel);
  if (channel < run.channels) apply_row<1>(run, row, window + channel * run.stride, out + channel);
}

/// Effects: `out` = the cubic through four rows, a share `t` of the way from the second to the third.
HWY_INLINE void blend_rows(const float* rows, std::size_t length, float t, float* out) {
  const Taps taps;
  const auto before = hn::Set(taps, -t * (t - 1) * (t - 2) / 6);
  const auto from = hn::Set(taps, (t + 1) * (t - 1) * (t - 2) / 2);
  const auto to = hn::Set(taps, -(t + 1) * t * (t - 2) / 2);
  const auto after = hn::Set(taps, (t + 1) * t * (t - 1) / 6);
  for (std::size_t i = 0; i < length; i += hn::Lanes(taps)) {
    auto sum = hn::Mul(before, hn::Load(taps, rows + i));
    sum = hn::MulAdd(after, hn::Load(taps, rows + 3 * length + i), sum);
    sum = hn::MulAdd(from, hn::Load(taps, rows + length + i), sum);
    sum = hn::MulAdd(to, hn::Load(taps, rows + 2 * length + i), sum);
    hn::Store(sum, taps, out + i);
  }
}

REFWAVE_AUDIO_THREAD void filter_between_rows(const FilterRun& run, float* out, std::size_t frames) noexcept {
  const float* window = run.window;
  std::uint32_t phase = run.phase;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const std::uint64_t place = std::uint64_t{phase} * run.rows_a_frame;
    const auto row = static_cast<std::size_t>(place / run.phases);
    const float t = static_cast<float>(place % run.phases) / static_cast<float>(run.phases);
    blend_rows(run.rows + row * run.row_length, run.row_length, t, run.blend);
    apply_to_channels(run, run.blend, window, out);
    out += run.channels;
    window += run.whole;
    phase += run.part;
    if (phase >= run.phases) {
      phase -= run.phases;
      ++window;
    }
  }
}

}  // namespace refwave::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
