// One sample on a grid of integers (grid.h), with its noise, without vectors.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "dsp/kernels/grid.h"
#include "dsp/kernels/plain_samples.h"

namespace refwave::dsp::plain {

// Samples are rounded from this scale, which leaves room for noise and for sounds above full scale.
inline constexpr float kFine = 1'073'741'824.0F;  // 2^30
inline constexpr int kFineBits = 31;
inline constexpr float kMost = 1.5F;  // of full scale: what is beyond is cut before

/// Returns: 32 bits that look random, and that no other number has: the last step of MurmurHash3 (A. Appleby,
/// in the public domain) on multiples of the golden section.
inline std::uint32_t random_bits(std::uint32_t number) noexcept {
  std::uint32_t x = number * 0x9E37'79B9U;
  x = (x ^ (x >> 16)) * 0x85EB'CA6BU;
  x = (x ^ (x >> 13)) * 0xC2B2'AE35U;
  return x ^ (x >> 16);
}

/// How the noise's 16 bits are moved to a step of 2^below.
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
