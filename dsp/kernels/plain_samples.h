// One sample of each type between its bytes and float, without vectors. The kernels use these after the last
// whole vector, and on processors without known vectors.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "dsp/conversion.h"
#include "dsp/kernels/kernels.h"

namespace refwave::dsp::plain {

static_assert(std::endian::native == std::endian::little,
              "samples are read and written as they lie in memory");

template <typename T>
T load(const std::byte* in) noexcept {
  T value;
  std::memcpy(&value, in, sizeof value);
  return value;
}

template <typename T>
void store(T value, std::byte* out) noexcept {
  std::memcpy(out, &value, sizeof value);
}

template <typename T>
bool is_finite(T x) noexcept {
  return std::abs(x) <= std::numeric_limits<T>::max();
}

/// Returns: x between low and high; 0 for NaN.
template <typename T>
T cut(T x, T low, T high) noexcept {
  x = x == x ? x : T{0};
  x = x < low ? low : x;
  return x > high ? high : x;
}

/// Returns: x times 2^(bits - 1) to nearest, saturated. Real must hold every integer of that many bits.
template <int bits, typename Real = float>
std::int32_t to_integer(float x) noexcept {
  constexpr Real scale = static_cast<Real>(std::int64_t{1} << (bits - 1));
  return static_cast<std::int32_t>(std::lrint(cut(static_cast<Real>(x) * scale, -scale, scale - 1)));
}

template <int bits>
float to_float(std::int32_t x) noexcept {
  return static_cast<float>(x) * (1.0F / static_cast<float>(std::int64_t{1} << (bits - 1)));
}

struct U8 {
  static constexpr std::size_t kBytes = 1;
  static float read(const std::byte* in) noexcept { return to_float<8>(load<std::uint8_t>(in) - 128); }
  static void write_integer(std::int32_t x, std::byte* out) noexcept {
    store(static_cast<std::uint8_t>(x + 128), out);
  }
  static void write(float x, std::byte* out) noexcept { write_integer(to_integer<8>(x), out); }
};

struct S16 {
  static constexpr std::size_t kBytes = 2;
  static float read(const std::byte* in) noexcept { return to_float<16>(load<std::int16_t>(in)); }
  static void write_integer(std::int32_t x, std::byte* out) noexcept {
    store(static_cast<std::int16_t>(x), out);
  }
  static void write(float x, std::byte* out) noexcept { write_integer(to_integer<16>(x), out); }
};

struct S24 {
  static constexpr std::size_t kBytes = 3;
  static float read(const std::byte* in) noexcept {
    const std::uint32_t low = load<std::uint16_t>(in);
    return to_float<24>(static_cast<std::int32_t>(low) + 65536 * load<std::int8_t>(in + 2));
  }
  static void write_integer(std::int32_t x, std::byte* out) noexcept {
    store(static_cast<std::uint16_t>(x), out);
    store(static_cast<std::int8_t>(x >> 16), out + 2);
  }
  static void write(float x, std::byte* out) noexcept { write_integer(to_integer<24>(x), out); }
};

struct S32 {
  static constexpr std::size_t kBytes = 4;
  static float read(const std::byte* in) noexcept { return to_float<32>(load<std::int32_t>(in)); }
  static void write_integer(std::int32_t x, std::byte* out) noexcept { store(x, out); }
  static void write(float x, std::byte* out) noexcept { write_integer(to_integer<32, double>(x), out); }
};

template <typename Real>
struct Float {
  static constexpr std::size_t kBytes = sizeof(Real);
  static float read(const std::byte* in) noexcept {
    constexpr Real limit = kFloatLimit;
    const Real x = load<Real>(in);
    return is_finite(x) ? static_cast<float>(cut(x, -limit, limit)) : 0;
  }
  static void write(float x, std::byte* out) noexcept { store<Real>(cut(x, -1.0F, 1.0F), out); }
};
using F32 = Float<float>;
using F64 = Float<double>;

// The scale from which samples are rounded. It leaves room for noise and for sounds above full scale.
inline constexpr float kFine = 1'073'741'824.0F;  // 2^30
inline constexpr int kFineBits = 31;
inline constexpr float kMost = 1.5F;  // of full scale: what is beyond is cut before

/// Returns: 32 pseudo-random bits, different for each number: the last step of MurmurHash3 (A. Appleby, in
/// the public domain) on multiples of the golden section.
inline std::uint32_t random_bits(std::uint32_t number) noexcept {
  std::uint32_t x = number * 0x9E37'79B9U;
  x = (x ^ (x >> 16)) * 0x85EB'CA6BU;
  x = (x ^ (x >> 13)) * 0xC2B2'AE35U;
  return x ^ (x >> 16);
}

/// The shift of the noise's 16 bits to a step of 2^below.
struct NoiseShift {
  int right;
  int left;
  explicit NoiseShift(int below) noexcept : right(std::max(16 - below, 0)), left(std::max(below - 16, 0)) {}
};

/// Returns: noise from -2^below to 2^below, both excluded.
inline std::int32_t noise(std::uint32_t number, NoiseShift shift) noexcept {
  const std::uint32_t bits = random_bits(number);
  const auto one = static_cast<std::int32_t>((bits >> 16) >> shift.right << shift.left);
  const auto other = static_cast<std::int32_t>((bits & 0xFFFFU) >> shift.right << shift.left);
  return one - other;
}

inline std::int32_t on_grid(float x, const Grid& grid, std::uint32_t number) noexcept {
  const int below = kFineBits - grid.bits;
  const auto fine = static_cast<std::int32_t>(std::lrint(cut(x, -kMost, kMost) * kFine));
  const std::int32_t half = below > 0 ? 1 << (below - 1) : 0;
  const std::int32_t added = grid.dithered ? noise(number, NoiseShift(below)) : 0;
  const std::int32_t full = 1 << (grid.bits - 1);
  return std::clamp((fine + added + half) >> below, -full, full - 1);
}

inline bool is_on_grid(float x, int bits) noexcept {
  constexpr float kAllWhole = 8'388'608;  // 2^23: floats from here on have no fraction
  const float times = x * static_cast<float>(std::int64_t{1} << (bits - 1));
  if (std::abs(times) >= kAllWhole) return is_finite(times);
  return static_cast<float>(std::lrint(times)) == times;
}

template <class Sample>
void write_on_grid(float x, const Grid& grid, std::uint32_t number, std::byte* out) noexcept {
  const int room = static_cast<int>(8 * Sample::kBytes) - grid.bits;
  Sample::write_integer(on_grid(x, grid, number) * (1 << room), out);
}

}  // namespace refwave::dsp::plain
