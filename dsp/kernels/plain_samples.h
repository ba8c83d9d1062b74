// One sample of each type between its bytes and float, without vectors. The kernels use these for what is
// left over after the last whole vector, and where the processor has no vectors that they know.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "dsp/conversion.h"

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

/// Returns: whether x is neither NaN nor infinite.
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

}  // namespace refwave::dsp::plain
