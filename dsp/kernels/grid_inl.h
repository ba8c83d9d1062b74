// The kernels of encoding on a grid (kernels.h), with the same results as plain_samples.h, bit for bit.
// Compiled once for each target, so there is no include guard.
#include <hwy/highway.h>

#include <algorithm>

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

/// The quick noise (plain_samples.h) of one round after the other.
template <class D>
class QuickNoiseOfVectors {
 public:
  static constexpr std::size_t kVectors = plain::kGenerators / hn::MaxLanes(D());

  /// `number`: of a sample in the first round.
  HWY_INLINE explicit QuickNoiseOfVectors(std::uint32_t number)
      : number_(number / plain::kRound * plain::kRound) {
    begin();
  }

  /// Effects: puts the noise of the samples of generators `v * kLanes` and following into `one` and `other`,
  /// for the first half of the round and for the second one.
  HWY_INLINE void get(std::size_t v, hn::Vec<D>& one, hn::Vec<D>& other) const {
    const hn::Repartition<std::uint16_t, D> halves;
    const hn::Rebind<std::int32_t, D> integers;
    const auto mixed = hn::BitCast(halves, hn::Xor(numbers_[v], hn::ShiftRight<16>(numbers_[v])));
    const auto sums = hn::BitCast(integers, sums_of_bytes(halves, mixed));
    one = hn::ConvertTo(D(), sums);
    other = hn::ConvertTo(D(), hn::ShiftLeft<16>(sums));
  }

  /// Effects: goes on to the next round.
  HWY_INLINE void step() {
    number_ += plain::kRound;
    if (HWY_UNLIKELY(number_ % plain::kBlock == 0)) {
      begin();
      return;
    }
    for (auto& numbers : numbers_) numbers = stepped(numbers, plain::kStep);
  }

 private:
  using Words = hn::Rebind<std::uint32_t, D>;

  /// Returns: of each half the sum of its bytes.
  template <class Halves, class V>
  static HWY_INLINE V sums_of_bytes(Halves halves, V x) {
    if constexpr (requires { sums_of_pairs(x, x); })
      return sums_of_pairs(x, hn::Set(halves, std::uint16_t{0x0101}));
    return hn::Add(hn::ShiftRight<8>(x), hn::And(x, hn::Set(halves, std::uint16_t{0xFF})));
  }
  static HWY_INLINE hn::Vec<Words> stepped(hn::Vec<Words> numbers, const plain::Steps& steps) {
    return hn::Add(hn::Mul(numbers, hn::Set(Words(), steps.factor)), hn::Set(Words(), steps.addend));
  }
  HWY_INLINE void begin() {
    for (std::size_t v = 0; v < kVectors; ++v) {
      const std::uint32_t first = plain::generator_of(number_) + static_cast<std::uint32_t>(v * kLanes);
      const auto bits = random_bits(hn::Add(hn::Iota(Words(), 0), hn::Set(Words(), first)));
      numbers_[v] = stepped(bits, plain::steps_of(number_));
    }
  }

  hn::Vec<Words> numbers_[kVectors];
  std::uint32_t number_;  // of the round's first sample
};

/// Whether samples beyond 2 of full scale, and NaN, are expected: only then they are cut.
enum class Far { no, yes };

/// Encodes with quick noise, a round of samples at a time.
template <class Sample, class D>
class QuickEncoder {
 public:
  HWY_INLINE explicit QuickEncoder(const Grid& grid)
      : noise_(grid.first), bits_(grid.bits), room_(static_cast<int>(8 * Sample::kBytes) - grid.bits) {}

  /// Effects: encodes a round. Returns: its samples and `all`, their bits put together by Or().
  template <Far far>
  HWY_INLINE hn::Vec<D> encode(const float* in, std::byte* out, hn::Vec<D> all) {
    constexpr std::size_t kHalf = plain::kGenerators;
    hn::Vec<hn::Rebind<std::int32_t, D>> integers[2 * Noise::kVectors];
    for (std::size_t v = 0; v < Noise::kVectors; ++v) {
      hn::Vec<D> noise, other_noise;
      noise_.get(v, noise, other_noise);
      const auto one = hn::LoadU(D(), in + v * kLanes);
      const auto other = hn::LoadU(D(), in + kHalf + v * kLanes);
      all = hn::Or3(all, one, other);
      integers[v] = integers_of<far>(one, noise);
      integers[Noise::kVectors + v] = integers_of<far>(other, other_noise);
    }
    noise_.step();
    for (std::size_t v = 0; v < 2 * Noise::kVectors; v += 2)
      write(integers[v], integers[v + 1], out + v * kLanes * Sample::kBytes);
    return all;
  }

  /// Effects: the same with `some` samples at `begin` of a round, by a detour.
  template <Far far>
  HWY_INLINE hn::Vec<D> encode(const float* in, std::byte* out, hn::Vec<D> all, std::size_t begin,
                               std::size_t some) {
    float padded[plain::kRound] = {};
    std::byte bytes[(plain::kRound + Sample::kBeyond) * Sample::kBytes];
    std::copy_n(in, some, padded + begin);
    all = encode<far>(padded, bytes, all);
    std::copy_n(bytes + begin * Sample::kBytes, some * Sample::kBytes, out);
    return all;
  }

 private:
  using Noise = QuickNoiseOfVectors<D>;

  template <Far far, class V>
  HWY_INLINE auto integers_of(V x, V noise) const {
    if constexpr (far == Far::yes) x = cut(D(), x, -plain::kMost, plain::kMost);
    const auto full = hn::Set(D(), static_cast<float>(1 << (bits_ - 1)));
    const auto below = hn::MulAdd(x, full, hn::Set(D(), plain::kNoiseBegin));
    return nearest(hn::MulAdd(noise, hn::Set(D(), plain::kNoiseStep), below));
  }

  template <class V>
  HWY_INLINE void write(V one, V other, std::byte* out) const {
    if constexpr (requires { Sample::write_two_integers(D(), one, other, out); }) {
      if (HWY_LIKELY(room_ == 0)) {
        Sample::write_two_integers(D(), one, other, out);
        return;
      }
    }
    write_one(one, out);
    write_one(other, out + kLanes * Sample::kBytes);
  }
  template <class V>
  HWY_INLINE void write_one(V x, std::byte* out) const {
    const hn::Rebind<std::int32_t, D> integers;
    const std::int32_t full = 1 << (bits_ - 1);
    x = hn::Min(hn::Max(x, hn::Set(integers, -full)), hn::Set(integers, full - 1));
    Sample::write_integers(D(), hn::ShiftLeftSame(x, room_), out);
  }

  Noise noise_;
  const int bits_;
  const int room_;
};

/// Returns: whether all is written; otherwise some samples are beyond what Far::no can do.
template <class Sample, Far far, class D>
HWY_INLINE bool encode_quickly(D, const float* in, std::byte* out, std::size_t samples, const Grid& grid) {
  constexpr std::size_t kRound = plain::kRound;
  QuickEncoder<Sample, D> encoder(grid);
  auto all = hn::Zero(D());
  const std::size_t begin = grid.first % kRound;
  std::size_t i = begin == 0 ? 0 : std::min(kRound - begin, samples);
  if (i != 0) all = encoder.template encode<far>(in, out, all, begin, i);
  for (; i + kRound + Sample::kBeyond <= samples; i += kRound)
    all = encoder.template encode<far>(in + i, out + i * Sample::kBytes, all);
  for (; i < samples; i += kRound) {
    const std::size_t some = std::min(samples - i, kRound);
    all = encoder.template encode<far>(in + i, out + i * Sample::kBytes, all, 0, some);
  }
  return far == Far::yes || !is_any_two(all);
}

template <class Sample, class D>
HWY_INLINE void encode_with_quick_noise(D floats, const float* in, std::byte* out, std::size_t samples,
                                        const Grid& grid) {
  if (HWY_LIKELY((encode_quickly<Sample, Far::no>(floats, in, out, samples, grid)))) return;
  encode_quickly<Sample, Far::yes>(floats, in, out, samples, grid);
}

template <class Sample>
REFWAVE_AUDIO_THREAD void encode_on_grid(const float* in, std::byte* out, std::size_t samples,
                                         const Grid& grid) noexcept {
  std::size_t i = 0;
  if constexpr (kHasVectors) {
    if (grid.dithered && grid.bits <= plain::kQuickBits) {
      encode_with_quick_noise<Sample>(Floats(), in, out, samples, grid);
      return;
    }
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
