// The kernels of encoding on a grid (kernels.h), with the same results as plain_samples.h, bit for bit.
// Compiled once for each target, so there is no include guard.
#include <hwy/highway.h>

#include "dsp/kernels/plain_samples.h"

HWY_BEFORE_NAMESPACE();
namespace refwave::dsp::HWY_NAMESPACE {

HWY_INLINE VectorOf<std::uint32_t> random_bits(VectorOf<std::uint32_t> number) {
  const As<std::uint32_t> words;
  auto x = hn::Mul(number, hn::Set(words, 0x9E37'79B9U));
  x = hn::Mul(hn::Xor(x, hn::ShiftRight<16>(x)), hn::Set(words, 0x85EB'CA6BU));
  x = hn::Mul(hn::Xor(x, hn::ShiftRight<13>(x)), hn::Set(words, 0xC2B2'AE35U));
  return hn::Xor(x, hn::ShiftRight<16>(x));
}

/// A grid, ready for vectors.
class GridOfVectors {
 public:
  HWY_INLINE explicit GridOfVectors(const Grid& grid)
      : grid_(grid), below_(plain::kFineBits - grid.bits), shift_(below_) {}

  /// Returns: the integers of a vector whose first sample is `at` samples after the grid's first.
  HWY_INLINE VectorOf<std::int32_t> integers(Vector x, std::size_t at) const {
    const As<std::int32_t> integers;
    const auto within = cut(Floats(), x, -plain::kMost, plain::kMost);
    auto fine = nearest(hn::Mul(within, hn::Set(Floats(), plain::kFine)));
    if (grid_.dithered) fine = hn::Add(fine, noise(grid_.first + static_cast<std::uint32_t>(at)));
    const std::int32_t half = below_ > 0 ? 1 << (below_ - 1) : 0;
    const auto coarse = hn::ShiftRightSame(hn::Add(fine, hn::Set(integers, half)), below_);
    const std::int32_t full = 1 << (grid_.bits - 1);
    return hn::Min(hn::Max(coarse, hn::Set(integers, -full)), hn::Set(integers, full - 1));
  }

 private:
  HWY_INLINE VectorOf<std::int32_t> noise(std::uint32_t first) const {
    const As<std::uint32_t> words;
    // Iota() of a number that the compiler does not know is written to memory lane by lane.
    const auto bits = random_bits(hn::Add(hn::Iota(words, 0), hn::Set(words, first)));
    const auto one = moved(hn::ShiftRight<16>(bits));
    const auto other = moved(hn::And(bits, hn::Set(words, 0xFFFFU)));
    return hn::BitCast(As<std::int32_t>(), hn::Sub(one, other));
  }
  HWY_INLINE VectorOf<std::uint32_t> moved(VectorOf<std::uint32_t> x) const {
    return hn::ShiftLeftSame(hn::ShiftRightSame(x, shift_.right), shift_.left);
  }

  const Grid grid_;
  const int below_;
  const plain::NoiseShift shift_;
};

template <class Sample>
REFWAVE_AUDIO_THREAD void encode_on_grid(const float* in, std::byte* out, std::size_t samples,
                                         const Grid& grid) noexcept {
  std::size_t i = 0;
  if constexpr (kHasVectors) {
    if (samples >= kLanes + Sample::kBeyond) {
      const GridOfVectors vectors(grid);
      const int room = static_cast<int>(8 * Sample::kBytes) - grid.bits;
      const auto encode_vector = [&](std::size_t at) HWY_ATTR {
        const auto x = vectors.integers(hn::LoadU(Floats(), in + at), at);
        Sample::write_integers(Floats(), hn::ShiftLeftSame(x, room), out + at * Sample::kBytes);
      };
      // The last vector may overlap the one before it: what both write is the same.
      const std::size_t last = samples - kLanes - Sample::kBeyond;
      for (; i < last; i += kLanes) encode_vector(i);
      encode_vector(last);
      i = last + kLanes;
    }
  }
  for (; i < samples; ++i)
    plain::write_on_grid<Sample>(in[i], grid, grid.first + static_cast<std::uint32_t>(i),
                                 out + i * Sample::kBytes);
}

REFWAVE_AUDIO_THREAD bool is_on_grid(const float* in, std::size_t samples, int bits) noexcept {
  std::size_t i = 0;
  if constexpr (kHasVectors) {
    const auto scale = hn::Set(Floats(), static_cast<float>(std::int64_t{1} << (bits - 1)));
    const auto rest = [&](std::size_t at) HWY_ATTR {
      const auto x = hn::Mul(hn::LoadU(Floats(), in + at), scale);
      return hn::Sub(hn::Round(x), x);
    };
    const As<std::int32_t> integers;
    for (; i + 4 * kLanes <= samples; i += 4 * kLanes) {
      // The rest of a whole number is 0, all of whose bits are zero.
      const auto all = hn::Or(hn::Or3(rest(i), rest(i + kLanes), rest(i + 2 * kLanes)), rest(i + 3 * kLanes));
      const auto is_whole = hn::Eq(hn::BitCast(integers, all), hn::Zero(integers));
      if (!hn::AllTrue(integers, is_whole)) return false;
    }
  }
  for (; i < samples; ++i) {
    if (!plain::is_on_grid(in[i], bits)) return false;
  }
  return true;
}

}  // namespace refwave::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
