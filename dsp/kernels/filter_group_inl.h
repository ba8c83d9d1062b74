// The kernels of the resampler for ratios with a filter for every phase (filter.h). Compiled once for each
// target, so there is no include guard.
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "dsp/kernels/filter.h"

HWY_BEFORE_NAMESPACE();
namespace refwave::dsp::HWY_NAMESPACE {

// A group is two vectors, which share the loads of the input, or one where a vector is long, or where a
// processor has eight registers.
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

/// Effects: all frames of the group, of one channel or two: each channel's to a place of its own at `out`.
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

}  // namespace refwave::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
