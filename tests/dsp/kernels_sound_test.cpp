// The kernels of dither, levels and channel maps on every target that this machine can run, against
// arithmetic done one by one in wider types.
#include <array>

#include "tests/dsp/kernel_samples.h"

namespace refwave::dsp {
namespace {

using namespace test;

class SoundTarget : public Target {};
INSTANTIATE_TEST_SUITE_P(Kernels, SoundTarget, testing::ValuesIn(targets()), name_of);

/// The last step of MurmurHash3, on multiples of the golden section.
std::uint32_t random_bits(std::uint32_t number) {
  std::uint64_t x = number * std::uint64_t{0x9E3779B9} % (std::uint64_t{1} << 32);
  x = (x ^ (x >> 16)) * 0x85EBCA6B % (std::uint64_t{1} << 32);
  x = (x ^ (x >> 13)) * 0xC2B2AE35 % (std::uint64_t{1} << 32);
  return static_cast<std::uint32_t>(x ^ (x >> 16));
}

/// The quick noise of grids of up to 16 bits, in steps of the grid, above the least. Of 512 samples, sample
/// 32 a + b takes the number to which generator b % 16 has come after a steps. The bytes of its upper and of
/// its lower half are added. Where b is below 16 both sums count, and otherwise the lower one.
float quick_noise_of(std::uint32_t number) {
  std::uint64_t bits = random_bits(number / 512 * 16 + number % 16);
  for (std::uint32_t step = 0; step < number / 32 % 16; ++step)
    bits = (bits * 747'796'405 + 2'891'336'453) % (std::uint64_t{1} << 32);
  bits ^= bits >> 16;
  const std::uint64_t upper = bits / (1 << 24) + bits / (1 << 16) % 256;
  const std::uint64_t lower = bits / 256 % 256 + bits % 256;
  const std::uint64_t noise = number % 32 < 16 ? upper * 65'536 + lower : lower * 65'536;
  return std::ldexp(static_cast<float>(noise), -24);
}

/// Returns: the sample's integer, in steps of a grid of that many bits, with quick noise.
double with_quick_noise(float x, int bits, float noise) {
  const float full = std::ldexp(1.0F, bits - 1);
  const float below = within(x, 1.5F) * full - 255.0F / 256;
  return std::clamp(static_cast<double>(std::nearbyint(below + noise)), -static_cast<double>(full),
                    static_cast<double>(full) - 1);
}

/// In steps of the grid: two numbers of 16 bits at most, one taken from the other.
double noise_of(std::uint32_t number, int bits) {
  const int depth = std::min(16, 31 - bits);
  if (depth == 0) return 0;
  const std::uint32_t random = random_bits(number);
  const auto one = static_cast<double>(random >> (32 - depth));
  const auto other = static_cast<double>((random & 0xFFFF) >> (16 - depth));
  return (one - other) / std::ldexp(1.0, depth);
}

/// Returns: the sample's integer, in steps of a grid of that many bits.
double on_grid(float x, const Grid& grid, std::uint32_t number) {
  const double fine = std::nearbyint(static_cast<double>(within(x, 1.5F)) * std::ldexp(1.0, 30));
  const double exact = fine / std::ldexp(1.0, 31 - grid.bits);
  const double noise = grid.dithered ? noise_of(number, grid.bits) : 0;
  const double full = std::ldexp(1.0, grid.bits - 1);
  return std::clamp(std::floor(exact + noise + (grid.bits < 31 ? 0.5 : 0)), -full, full - 1);
}

/// Returns: the sample at `at`, u8's offset taken off.
double integer_at(SampleType type, const std::byte* at) {
  switch (type) {
    case SampleType::u8:
      return read<std::uint8_t>(at) - 128;
    case SampleType::s16:
      return read<std::int16_t>(at);
    case SampleType::s24:
      return read<std::uint16_t>(at) + 65'536 * read<std::int8_t>(at + 2);
    default:
      return read<std::int32_t>(at);
  }
}

void expect_encoded_on(const Grid& grid, SampleType type, std::size_t samples) {
  const auto floats = any_floats(samples + samples % 17);
  const float* const in = floats.data() + samples % 17;
  const std::size_t width = bytes_per_sample(type);
  std::vector<std::byte> out(samples * width + 16, std::byte{0xA5});
  kernels().encode_on_grid[index(type)](in, out.data() + 3, samples, grid);
  const double step = std::ldexp(1.0, static_cast<int>(8 * width) - grid.bits);
  for (std::size_t i = 0; i < samples; ++i) {
    const bool is_quick = grid.dithered && grid.bits <= 16;
    const std::uint32_t number = grid.first + static_cast<std::uint32_t>(i);
    const double integer =
        is_quick ? with_quick_noise(in[i], grid.bits, quick_noise_of(number)) : on_grid(in[i], grid, number);
    const double expected = integer * step;
    ASSERT_EQ(integer_at(type, &out[3 + i * width]), expected)
        << grid.bits << " bits in type " << index(type) << ", sample " << i << " of " << samples << ": "
        << in[i];
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i < 3 || i >= 3 + samples * width) {
      ASSERT_EQ(out[i], std::byte{0xA5}) << i;
    }
  }
}

TEST_P(SoundTarget, Encodes_on_every_grid_with_noise_and_without) {
  for (const SampleType type : {SampleType::u8, SampleType::s16, SampleType::s24, SampleType::s32}) {
    const int most = std::min(static_cast<int>(8 * bytes_per_sample(type)), 31);
    for (int bits = 8; bits <= most; ++bits) {
      for (const std::size_t samples :
           {std::size_t{0}, std::size_t{1}, std::size_t{5}, std::size_t{33}, kMost}) {
        expect_encoded_on({.bits = bits, .dithered = false, .first = 7}, type, samples);
        expect_encoded_on({.bits = bits, .dithered = true, .first = 0xFFFF'FFF0U}, type, samples);
        expect_encoded_on({.bits = bits, .dithered = true, .first = 0x0801'DFE0U}, type, samples);
      }
    }
  }
}

TEST_P(SoundTarget, Knows_whether_integers_hold_all_samples) {
  for (std::size_t samples = 0; samples <= kMost; ++samples) {
    std::vector<float> floats(samples);
    for (std::size_t i = 0; i < samples; ++i) floats[i] = static_cast<float>(i * 163 % 65'536) / 32'768 - 1;
    EXPECT_TRUE(kernels().is_on_grid(floats.data(), samples, 16)) << samples;
    EXPECT_TRUE(kernels().is_on_grid(floats.data(), samples, 24)) << samples;
    if (samples == 0) continue;
    const std::size_t place = samples * 7 / 11;
    for (const float stray : {1.0F / 65'536, -0.3F, 1e-9F, kNan}) {
      floats[place] = stray;
      EXPECT_FALSE(kernels().is_on_grid(floats.data(), samples, 16)) << place << " of " << samples;
    }
  }
}

TEST_P(SoundTarget, Measures_every_type_at_every_length) {
  for (const SampleType type : kTypes) {
    const std::size_t width = bytes_per_sample(type);
    for (const std::size_t samples :
         {std::size_t{0}, std::size_t{1}, std::size_t{31}, kMost, std::size_t{9'001}}) {
      const auto bytes = any_bytes(samples * width + 1);
      float peak = 0;
      double squares = 0;
      for (std::size_t i = 0; i < samples; ++i) {
        const auto x = static_cast<double>(decoded(type, &bytes[1 + i * width]));
        peak = std::max(peak, static_cast<float>(std::abs(x)));
        squares += x * x;
      }
      Level level{.peak = 0, .squares = 1, .samples = 3};
      kernels().measure[index(type)](bytes.data() + 1, samples, level);
      EXPECT_EQ(level.peak, peak) << index(type);
      EXPECT_NEAR(level.squares, squares + 1, (squares + 1) * 2e-5) << index(type) << ", " << samples;
      EXPECT_EQ(level.samples, samples + 3);
    }
  }
}

template <typename Real>
void expect_non_finite_are_counted(CountNonFinite count_non_finite) {
  for (std::size_t samples = 0; samples <= kMost; ++samples) {
    const auto bytes = any_bytes(samples * sizeof(Real) + 1);
    std::vector<Real> reals(samples);
    if (samples != 0) std::memcpy(reals.data(), bytes.data(), samples * sizeof(Real));
    for (std::size_t i = 0; i < samples; i += 7)
      reals[i] = i % 2 == 0 ? std::numeric_limits<Real>::quiet_NaN() : -std::numeric_limits<Real>::infinity();
    for (std::size_t i = 1; i < samples; i += 7) reals[i] = std::numeric_limits<Real>::max();
    const auto non_finite = std::ranges::count_if(reals, [](Real x) { return !std::isfinite(x); });
    EXPECT_EQ(count_non_finite(reinterpret_cast<const std::byte*>(reals.data()), samples),
              static_cast<std::size_t>(non_finite));
  }
}

TEST_P(SoundTarget, Counts_what_is_no_number_or_infinite) {
  expect_non_finite_are_counted<float>(kernels().count_non_finite_f32);
  expect_non_finite_are_counted<double>(kernels().count_non_finite_f64);
}

/// Returns: a matrix of many coefficients, some of which are zero.
Matrix some_matrix(std::size_t in, std::size_t out) {
  Matrix matrix{.in_channels = in, .out_channels = out};
  for (std::size_t from = 0; from < in; ++from) {
    for (std::size_t to = 0; to < out; ++to)
      matrix.rows[from][to] =
          (from + to) % 3 == 0 ? 0 : static_cast<float>(from + 1) / static_cast<float>(to + 9);
  }
  return matrix;
}

void expect_added(std::size_t frames, const Matrix& matrix, const GainRun& gain) {
  constexpr std::size_t kFirst = 5;
  const std::size_t in = matrix.in_channels;
  const std::size_t out = matrix.out_channels;
  std::vector<float> samples(frames * in);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<float>(i * 37 % 64) / 64 - 0.5F;
  std::vector<float> bus(frames * out + 1, 0.125F);
  kernels().add_mapped(samples.data(), bus.data(), frames, matrix, gain, kFirst);
  for (std::size_t i = 0; i < frames * out; ++i) {
    double sum = 0;
    for (std::size_t from = 0; from < in; ++from)
      sum +=
          static_cast<double>(samples[i / out * in + from]) * static_cast<double>(matrix.rows[from][i % out]);
    const double times = static_cast<double>(gain.start[i % out]) +
                         static_cast<double>(gain.slope[i % out]) * static_cast<double>(kFirst + i / out);
    ASSERT_NEAR(bus[i], 0.125 + sum * times, 1e-6) << in << " to " << out << ", " << i;
  }
  ASSERT_EQ(bus.back(), 0.125F) << in << " to " << out;
}

TEST_P(SoundTarget, Adds_through_any_matrix_with_steady_and_moving_gains) {
  GainRun gain{.frames = 26};
  for (std::size_t i = 0; i < kMaxChannels; ++i) gain.slope[i] = 0.01F * static_cast<float>(i);
  for (std::size_t in = 1; in <= kMaxChannels; ++in) {
    for (std::size_t out = 1; out <= kMaxChannels; ++out) expect_added(21, some_matrix(in, out), gain);
  }
}

/// Returns: the matrix of 5.1 to stereo, with another coefficient at each place that has one.
Matrix down_mix_matrix() {
  Matrix matrix{.in_channels = 6, .out_channels = 2};
  matrix.rows[0][0] = 1;
  matrix.rows[1][1] = 0.9F;
  matrix.rows[2][0] = 0.7F;
  matrix.rows[2][1] = 0.6F;
  matrix.rows[4][0] = 0.5F;
  matrix.rows[5][1] = 0.4F;
  return matrix;
}

TEST_P(SoundTarget, Mixes_any_number_of_frames_down_and_no_matrix_that_is_another) {
  GainRun steady{.frames = 100};
  steady.start[0] = 0.5F;
  steady.start[1] = 0.75F;
  GainRun moving = steady;
  moving.slope[1] = 0.01F;
  for (std::size_t frames = 0; frames < 20; ++frames) {
    expect_added(frames, down_mix_matrix(), steady);
    expect_added(frames, down_mix_matrix(), moving);
  }
  for (std::size_t from = 0; from < 6; ++from) {
    for (std::size_t to = 0; to < 2; ++to) {
      Matrix other = down_mix_matrix();
      other.rows[from][to] += 0.3F;
      expect_added(20, other, steady);
    }
  }
}

}  // namespace
}  // namespace refwave::dsp
