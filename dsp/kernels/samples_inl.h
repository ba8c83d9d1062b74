// A vector of samples of each type between its bytes and float, with the same results as plain_samples.h, bit
// for bit. Compiled once for each target, so there is no include guard.
//
// Operations that the target without vectors lacks are called without `hn::`. Their names are then looked up
// when a template is used, and on that target none of these is.
#include <hwy/highway.h>

#include <array>
#include <limits>

#include "dsp/kernels/plain_samples.h"

HWY_BEFORE_NAMESPACE();
namespace refwave::dsp::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, 16>;
using Vector = hn::Vec<Floats>;
inline constexpr std::size_t kLanes = hn::MaxLanes(Floats());
inline constexpr bool kHasVectors = kLanes > 1;

template <typename T>
using As = hn::Rebind<T, Floats>;  // as many lanes, of T
template <typename T>
using VectorOf = hn::Vec<As<T>>;

template <typename T>
HWY_INLINE VectorOf<T> load(const std::byte* in) {
  return hn::LoadU(As<T>(), reinterpret_cast<const T*>(in));
}

HWY_INLINE Vector to_floats(VectorOf<std::int32_t> x) { return hn::ConvertTo(Floats(), x); }

/// Returns: x between low and high; 0 for NaN.
template <class D, class V = hn::Vec<D>, typename T = hn::TFromD<D>>
HWY_INLINE V cut(D d, V x, T low, T high) {
  x = hn::IfThenElseZero(hn::Eq(x, x), x);
  return hn::Min(hn::Max(x, hn::Set(d, low)), hn::Set(d, high));
}

/// Returns: x between -kFloatLimit and kFloatLimit; 0 if it is not finite.
template <class D, class V = hn::Vec<D>, typename T = hn::TFromD<D>>
HWY_INLINE V cut_to_sound(D d, V x) {
  x = hn::IfThenElseZero(hn::Le(hn::Abs(x), hn::Set(d, std::numeric_limits<T>::max())), x);
  return hn::Min(hn::Max(x, hn::Set(d, T{-kFloatLimit})), hn::Set(d, T{kFloatLimit}));
}

/// Returns: whether a lane is 2 or more, infinite or NaN: whether the upper bit of an exponent is set. For
/// several vectors, test their Or().
HWY_INLINE bool is_any_two(Vector x) {
  const As<std::int32_t> integers;
  const auto bits = hn::BitCast(integers, x);
  return !hn::AllFalse(integers, hn::TestBit(bits, hn::Set(integers, 0x4000'0000)));
}

/// Returns: x times 2^(bits - 1), to nearest, for |x| <= 2.
template <int bits>
HWY_INLINE VectorOf<std::int32_t> to_small_integers(Vector x) {
  return nearest(hn::Mul(x, hn::Set(Floats(), static_cast<float>(1 << (bits - 1)))));
}

// The types below read and write kLanes samples at a time.
//
// - What read_vector() gives is to be multiplied by kScale, a power of two: exact, wherever it is done.
// - write_two() writes two vectors, where that is quicker than one after the other.
// - kBeyond says how many samples more are touched. Their values are not used, and they are written again.
// - is_far() says of the Or() of vectors whether one of them is beyond what can be written, or NaN. Then they
//   are cut to kHighest and -1. Where it is missing, everything can be written.
// - A function is a template where the target without vectors lacks one of its operations.

struct U8 : plain::U8 {
  static constexpr float kScale = 1.0F / 128;
  static constexpr std::size_t kBeyond = 0;
  static constexpr float kHighest = 1;
  static HWY_INLINE bool is_far(Vector x) { return is_any_two(x); }

  static HWY_INLINE Vector read_vector(Floats, const std::byte* in) {
    const As<std::int32_t> integers;
    return to_floats(hn::Sub(hn::PromoteTo(integers, load<std::uint8_t>(in)), hn::Set(integers, 128)));
  }
  static HWY_INLINE void write_integers(Floats, VectorOf<std::int32_t> x, std::byte* out) {
    const auto offset = hn::Add(x, hn::Set(As<std::int32_t>(), 128));
    hn::StoreU(hn::DemoteTo(As<std::uint8_t>(), offset), As<std::uint8_t>(),
               reinterpret_cast<std::uint8_t*>(out));
  }
  static HWY_INLINE void write_vector(Floats floats, Vector x, std::byte* out) {
    write_integers(floats, to_small_integers<8>(x), out);
  }
};

/// Returns: the indices that put the halves of one vector's blocks before those of the other's.
consteval std::array<std::int64_t, kLanes> halves_in_order() {
  std::array<std::int64_t, kLanes> from = {};
  constexpr std::size_t kBlocks = kLanes / 4;
  for (std::size_t i = 0; i < 2 * kBlocks; ++i)
    from[i] = static_cast<std::int64_t>(i < kBlocks ? 2 * i : 2 * (i - kBlocks) + 1);
  return from;
}

struct S16 : plain::S16 {
  static constexpr float kScale = 1.0F / 32'768;
  static constexpr std::size_t kBeyond = 0;
  static constexpr float kHighest = 1;
  static HWY_INLINE bool is_far(Vector x) { return is_any_two(x); }

  static HWY_INLINE Vector read_vector(Floats, const std::byte* in) {
    return to_floats(hn::PromoteTo(As<std::int32_t>(), load<std::int16_t>(in)));
  }
  static HWY_INLINE void write_integers(Floats, VectorOf<std::int32_t> x, std::byte* out) {
    hn::StoreU(hn::DemoteTo(As<std::int16_t>(), x), As<std::int16_t>(), reinterpret_cast<std::int16_t*>(out));
  }
  static HWY_INLINE void write_vector(Floats floats, Vector x, std::byte* out) {
    write_integers(floats, to_small_integers<16>(x), out);
  }
  /// Two vectors become one, in blocks of 16 bytes: half of each is a's. What is beyond 16 bits is cut.
  template <class D>
  static HWY_INLINE void write_two(D, hn::Vec<D> a, hn::Vec<D> b, std::byte* out) {
    const hn::Repartition<std::int16_t, D> shorts;
    const hn::Repartition<std::int64_t, D> halves;
    const auto packed = ReorderDemote2To(shorts, to_small_integers<16>(a), to_small_integers<16>(b));
    auto ordered = hn::BitCast(halves, packed);
    if constexpr (kLanes > 4) {
      alignas(64) static constexpr auto kOrder = halves_in_order();
      ordered = hn::TableLookupLanes(ordered, hn::SetTableIndices(halves, kOrder.data()));
    }
    hn::StoreU(hn::BitCast(shorts, ordered), shorts, reinterpret_cast<std::int16_t*>(out));
  }
};

using Words = std::array<std::int32_t, kLanes>;

/// Returns: the indices that spread words, three to each block of four.
consteval Words words_apart() {
  Words from = {};
  for (std::size_t i = 0; i < kLanes; ++i)
    from[i] = i % 4 == 3 ? 0 : static_cast<std::int32_t>(i / 4 * 3 + i % 4);
  return from;
}

/// Returns: the inverse indices. The last quarter is unspecified.
consteval Words words_together() {
  Words from = {};
  for (std::size_t i = 0; i < kLanes / 4 * 3; ++i) from[i] = static_cast<std::int32_t>(i / 3 * 4 + i % 3);
  return from;
}

/// Four samples are 12 bytes. They are spread to 16 and back by shuffling bytes within blocks of 16 and,
/// where a vector has two such blocks, words between them.
struct S24 : plain::S24 {
  static constexpr float kScale = 1.0F / 2'147'483'648;
  static constexpr std::size_t kBeyond = 6;
  static constexpr float kHighest = 1;
  static HWY_INLINE bool is_far(Vector x) { return is_any_two(x); }

  template <class D>
  static HWY_INLINE Vector read_vector(D, const std::byte* in) {
    const hn::Repartition<std::uint8_t, D> bytes;
    const hn::Rebind<std::int32_t, D> integers;
    auto words = hn::BitCast(integers, hn::LoadU(bytes, reinterpret_cast<const std::uint8_t*>(in)));
    if constexpr (kLanes > 4) {
      words = hn::TableLookupLanes(words, hn::SetTableIndices(integers, kApart.data()));
    }
    const auto spread = TableLookupBytesOr0(hn::BitCast(bytes, words), LoadDup128(bytes, kToUpperBytes));
    return to_floats(hn::BitCast(integers, spread));
  }

  template <class D>
  static HWY_INLINE void write_integers(D, hn::Vec<hn::Rebind<std::int32_t, D>> x, std::byte* out) {
    const hn::Repartition<std::uint8_t, D> bytes;
    const hn::Rebind<std::int32_t, D> integers;
    const auto packed = TableLookupBytesOr0(hn::BitCast(bytes, x), LoadDup128(bytes, kLowerBytes));
    auto words = hn::BitCast(integers, packed);
    if constexpr (kLanes > 4) {
      words = hn::TableLookupLanes(words, hn::SetTableIndices(integers, kTogether.data()));
    }
    hn::StoreU(hn::BitCast(bytes, words), bytes, reinterpret_cast<std::uint8_t*>(out));
  }
  template <class D>
  static HWY_INLINE void write_vector(D floats, hn::Vec<D> x, std::byte* out) {
    const auto times = hn::Mul(x, hn::Set(Floats(), 8'388'608.0F));
    const auto within =
        hn::Min(hn::Max(times, hn::Set(Floats(), -8'388'608.0F)), hn::Set(Floats(), 8'388'607.0F));
    write_integers(floats, nearest(within), out);
  }

 private:
  alignas(16) static constexpr std::uint8_t kToUpperBytes[16] = {0x80, 0, 1, 2, 0x80, 3, 4,  5,
                                                                 0x80, 6, 7, 8, 0x80, 9, 10, 11};
  alignas(16) static constexpr std::uint8_t kLowerBytes[16] = {0,  1,  2,  4,  5,    6,    8,    9,
                                                               10, 12, 13, 14, 0x80, 0x80, 0x80, 0x80};
  alignas(64) static constexpr Words kApart = words_apart();
  alignas(64) static constexpr Words kTogether = words_together();
};

struct S32 : plain::S32 {
  static constexpr float kScale = 1.0F / 2'147'483'648;
  static constexpr std::size_t kBeyond = 0;

  static HWY_INLINE Vector read_vector(Floats, const std::byte* in) {
    return to_floats(load<std::int32_t>(in));
  }
  static HWY_INLINE void write_integers(Floats, VectorOf<std::int32_t> x, std::byte* out) {
    hn::StoreU(x, As<std::int32_t>(), reinterpret_cast<std::int32_t*>(out));
  }
  static HWY_INLINE void write_vector(Floats floats, Vector x, std::byte* out) {
    // NearestInt() saturates, but does not handle NaN.
    x = hn::IfThenElseZero(hn::Eq(x, x), x);
    auto integers = hn::NearestInt(hn::Mul(x, hn::Set(Floats(), 2'147'483'648.0F)));
    if constexpr (HWY_TARGET == HWY_EMU128) {
      // But emulated and compiled by clang 14 it does not at 1.0.
      const hn::RebindToSigned<Floats> d;
      const auto over = hn::RebindMask(d, hn::Ge(x, hn::Set(Floats(), 1.0F)));
      integers = hn::IfThenElse(over, hn::Set(d, 2'147'483'647), integers);
    }
    write_integers(floats, integers, out);
  }
};

struct F32 : plain::F32 {
  static constexpr float kScale = 1;
  static constexpr std::size_t kBeyond = 0;

  static HWY_INLINE Vector read_vector(Floats, const std::byte* in) {
    return cut_to_sound(Floats(), load<float>(in));
  }
  static HWY_INLINE void write_vector(Floats, Vector x, std::byte* out) {
    hn::StoreU(cut(Floats(), x, -1.0F, 1.0F), Floats(), reinterpret_cast<float*>(out));
  }
};

/// A vector of floats is two of doubles.
struct F64 : plain::F64 {
  static constexpr float kScale = 1;
  static constexpr std::size_t kBeyond = 0;

  template <class D>
  static HWY_INLINE Vector read_vector(D floats, const std::byte* in) {
    return Combine(floats, read_half(hn::Half<D>(), in + kLanes / 2 * sizeof(double)),
                   read_half(hn::Half<D>(), in));
  }
  template <class D>
  static HWY_INLINE void write_vector(D floats, hn::Vec<D> x, std::byte* out) {
    const hn::Half<D> half;
    const auto within = cut(floats, x, -1.0F, 1.0F);
    write_half(half, hn::LowerHalf(half, within), out);
    write_half(half, UpperHalf(half, within), out + kLanes / 2 * sizeof(double));
  }

 private:
  template <class H>
  static HWY_INLINE hn::Vec<H> read_half(H half, const std::byte* in) {
    const hn::Rebind<double, H> doubles;
    const auto x = hn::LoadU(doubles, reinterpret_cast<const double*>(in));
    return hn::DemoteTo(half, cut_to_sound(doubles, x));
  }
  template <class H>
  static HWY_INLINE void write_half(H, hn::Vec<H> x, std::byte* out) {
    const hn::Rebind<double, H> doubles;
    hn::StoreU(hn::PromoteTo(doubles, x), doubles, reinterpret_cast<double*>(out));
  }
};

}  // namespace refwave::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
