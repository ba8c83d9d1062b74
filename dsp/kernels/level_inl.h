// The kernels of levels (dsp/conversion.h). Compiled once for each target, so there is no include guard.
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

#include "dsp/conversion.h"

HWY_BEFORE_NAMESPACE();
namespace refwave::dsp::HWY_NAMESPACE {

/// Peak and sum of squares of a vector of samples, lane by lane.
struct LevelLanes {
  Vector peak;
  Vector squares;

  HWY_INLINE LevelLanes() : peak(hn::Zero(Floats())), squares(hn::Zero(Floats())) {}

  HWY_INLINE void add(Vector x) {
    peak = hn::Max(peak, hn::Abs(x));
    squares = hn::MulAdd(x, x, squares);
  }
};

// Spill to double after this many vectors, for precision.
inline constexpr std::size_t kVectorsAtATime = 256;

/// Returns: how many samples it has added: whole vectors, and kVectorsAtATime of them at most.
template <class Sample>
HWY_INLINE std::size_t measure_vectors(const std::byte* in, std::size_t samples, Level& level) {
  const auto scale = hn::Set(Floats(), Sample::kScale);
  const std::size_t most = std::min(samples, kVectorsAtATime * kLanes + Sample::kBeyond);
  LevelLanes even;
  LevelLanes odd;
  std::size_t i = 0;
  for (; i + 2 * kLanes + Sample::kBeyond <= most; i += 2 * kLanes) {
    even.add(hn::Mul(Sample::read_vector(Floats(), in + i * Sample::kBytes), scale));
    odd.add(hn::Mul(Sample::read_vector(Floats(), in + (i + kLanes) * Sample::kBytes), scale));
  }
  const auto peak = hn::MaxOfLanes(Floats(), hn::Max(even.peak, odd.peak));
  const auto squares = hn::SumOfLanes(Floats(), hn::Add(even.squares, odd.squares));
  level.peak = std::max(level.peak, hn::GetLane(peak));
  level.squares += static_cast<double>(hn::GetLane(squares));
  return i;
}

template <class Sample>
REFWAVE_AUDIO_THREAD void measure(const std::byte* in, std::size_t samples, Level& level) noexcept {
  level.samples += samples;
  std::size_t i = 0;
  if constexpr (kHasVectors) {
    while (samples - i >= 2 * kLanes + Sample::kBeyond)
      i += measure_vectors<Sample>(in + i * Sample::kBytes, samples - i, level);
  }
  for (; i < samples; ++i) {
    const float x = Sample::read(in + i * Sample::kBytes);
    level.peak = std::max(level.peak, std::abs(x));
    level.squares += static_cast<double>(x) * static_cast<double>(x);
  }
}

template <typename Real>
REFWAVE_AUDIO_THREAD std::size_t count_non_finite(const std::byte* in, std::size_t samples) noexcept {
  std::size_t count = 0;
  std::size_t i = 0;
  if constexpr (kHasVectors) {
    const hn::CappedTag<Real, 16> reals;
    const auto greatest = hn::Set(reals, std::numeric_limits<Real>::max());
    for (; i + hn::Lanes(reals) <= samples; i += hn::Lanes(reals)) {
      const auto x = hn::LoadU(reals, reinterpret_cast<const Real*>(in + i * sizeof(Real)));
      const auto is_sound = hn::Le(hn::Abs(x), greatest);
      if (HWY_UNLIKELY(!hn::AllTrue(reals, is_sound)))
        count += hn::Lanes(reals) - hn::CountTrue(reals, is_sound);
    }
  }
  for (; i < samples; ++i) count += plain::is_finite(plain::load<Real>(in + i * sizeof(Real))) ? 0 : 1;
  return count;
}

}  // namespace refwave::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
