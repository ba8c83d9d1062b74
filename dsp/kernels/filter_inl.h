// The kernels of the resampler (filter.h). Compiled once for each target, so there is no include guard.
#include <hwy/highway.h>

#include "dsp/kernels/filter.h"

HWY_BEFORE_NAMESPACE();
namespace refwave::dsp::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

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

/// Effects: one output sample of one channel.
HWY_INLINE void apply_row(const float* row, const float* window, std::size_t length, float* out) {
  const Taps taps;
  auto left = hn::Zero(taps);
  auto right = hn::Zero(taps);
  for (std::size_t i = 0; i < length / 2; i += hn::Lanes(taps)) {
    const std::size_t mirrored = length - hn::Lanes(taps) - i;
    left = hn::MulAdd(hn::Load(taps, row + i), hn::LoadU(taps, window + i), left);
    right = hn::MulAdd(hn::Load(taps, row + mirrored), hn::LoadU(taps, window + mirrored), right);
  }
  *out = sum(left, right);
}

/// Effects: one output sample of each of two channels, for which the row is read once.
HWY_INLINE void apply_row_twice(const float* row, const float* window, const float* other, std::size_t length,
                                float* out) {
  const Taps taps;
  auto left = hn::Zero(taps);
  auto right = hn::Zero(taps);
  auto other_left = hn::Zero(taps);
  auto other_right = hn::Zero(taps);
  for (std::size_t i = 0; i < length / 2; i += hn::Lanes(taps)) {
    const std::size_t mirrored = length - hn::Lanes(taps) - i;
    const auto begin = hn::Load(taps, row + i);
    const auto end = hn::Load(taps, row + mirrored);
    left = hn::MulAdd(begin, hn::LoadU(taps, window + i), left);
    right = hn::MulAdd(end, hn::LoadU(taps, window + mirrored), right);
    other_left = hn::MulAdd(begin, hn::LoadU(taps, other + i), other_left);
    other_right = hn::MulAdd(end, hn::LoadU(taps, other + mirrored), other_right);
  }
  out[0] = sum(left, right);
  out[1] = sum(other_left, other_right);
}

HWY_INLINE void apply_to_channels(const FilterRun& run, const float* row, const float* window, float* out) {
  std::size_t channel = 0;
  for (; channel + 2 <= run.channels; channel += 2) {
    const float* first = window + channel * run.stride;
    apply_row_twice(row, first, first + run.stride, run.row_length, out + channel);
  }
  if (channel < run.channels) apply_row(row, window + channel * run.stride, run.row_length, out + channel);
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
