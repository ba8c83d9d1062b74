// The kernels of every target that this machine can run, against plain arithmetic in wider types: bit for
// bit, and sums within a bound.
#include "dsp/kernels/kernels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "dsp/kernels/plain_samples.h"

namespace refwave::dsp {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t kMost = 200;  // samples: several vectors of every target, and a remainder

/// Returns: the targets that were compiled and that the processor has.
std::vector<std::int64_t> targets() {
  hwy::SetSupportedTargetsForTest(0);
  const auto supported = static_cast<std::uint64_t>(hwy::SupportedTargets());
  std::vector<std::int64_t> found;
  for (std::uint64_t left = supported; left != 0; left &= left - 1) {
    const auto target = static_cast<std::int64_t>(left & (~left + 1));
    hwy::SetSupportedTargetsForTest(target);
    if (kernels().target == target) found.push_back(target);
  }
  hwy::SetSupportedTargetsForTest(0);
  return found;
}

std::string name_of(const testing::TestParamInfo<std::int64_t>& test) { return hwy::TargetName(test.param); }

class Target : public testing::TestWithParam<std::int64_t> {
 protected:
  Target() { hwy::SetSupportedTargetsForTest(GetParam()); }
  ~Target() override { hwy::SetSupportedTargetsForTest(0); }
};

constexpr SampleType kTypes[] = {SampleType::u8,  SampleType::s16, SampleType::s24,
                                 SampleType::s32, SampleType::f32, SampleType::f64};
std::size_t index(SampleType type) { return static_cast<std::size_t>(type); }

template <typename T>
T read(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <typename T>
T within(T x, T limit) {
  return std::isnan(x) ? T{0} : std::clamp(x, -limit, limit);
}

/// NaN and infinity become silence.
template <typename T>
T sound_of(T x) {
  return std::isfinite(x) ? within(x, T{kFloatLimit}) : T{0};
}

/// Returns: the integer sample at `at`, without u8's offset.
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

float decoded(SampleType type, const std::byte* at) {
  if (type == SampleType::f32) return sound_of(read<float>(at));
  if (type == SampleType::f64) return static_cast<float>(sound_of(read<double>(at)));
  const int bits = static_cast<int>(8 * bytes_per_sample(type));
  return static_cast<float>(std::ldexp(integer_at(type, at), 1 - bits));
}

std::vector<std::byte> any_bytes(std::size_t count) {
  std::mt19937 random(1);
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

/// Effects: every fifth float of that type in the bytes becomes a limit, NaN, infinite or very small.
template <typename Real>
void put_special_floats(std::vector<std::byte>& bytes, std::size_t offset) {
  constexpr float special[] = {1.0F,        -1.0F,        2.5F,   1e-45F, -1e-45F,   kNan,  3e38F,
                               kFloatLimit, -kFloatLimit, -3e38F, -0.0F,  kInfinity, -kNan, -kInfinity};
  for (std::size_t i = 0; offset + (5 * i + 1) * sizeof(Real) <= bytes.size(); ++i) {
    const auto value = static_cast<Real>(special[i % std::size(special)]);
    std::memcpy(bytes.data() + offset + 5 * i * sizeof(Real), &value, sizeof value);
  }
}

/// Floats within full scale, beyond it and halfway between two integers, NaN and infinity.
std::vector<float> any_floats(std::size_t count) {
  const std::vector<float> special = {
      1.0F,   -1.0F, 0.99999994F, 32767.5F / 32768, 2.0F, -2.0F, 1.9999F, 3e38F,
      -3e38F, kNan,  kInfinity,   -kInfinity,       0.0F, -0.0F, 1e-45F,  -1.0001F};
  std::mt19937 random(2);
  std::uniform_real_distribution<float> spread(-1.1F, 1.1F);
  std::vector<float> floats(count);
  std::size_t specials = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned kind = random() % 16;
    floats[i] = kind < 2    ? special[specials++ % special.size()]
                : kind < 5  ? static_cast<float>(static_cast<int>(random() % 65'536) - 32'768) / 65'536
                : kind == 5 ? static_cast<float>(static_cast<int>(random() % 512) - 256) / 16'777'216
                            : spread(random);
  }
  return floats;
}

INSTANTIATE_TEST_SUITE_P(Kernels, Target, testing::ValuesIn(targets()), name_of);

std::vector<std::byte> encoded(SampleType type, float x) {
  std::vector<std::byte> bytes(bytes_per_sample(type));
  if (type == SampleType::f32 || type == SampleType::f64) {
    const float cut = within(x, 1.0F);
    const double wide = cut;
    std::memcpy(bytes.data(), type == SampleType::f32 ? static_cast<const void*>(&cut) : &wide, bytes.size());
    return bytes;
  }
  const double full = std::ldexp(1.0, static_cast<int>(8 * bytes.size()) - 1);
  const double times = std::isnan(x) ? 0 : std::clamp(x * full, -full, full - 1);
  const std::int64_t integer = std::llrint(times) + (type == SampleType::u8 ? 128 : 0);
  std::memcpy(bytes.data(), &integer, bytes.size());
  return bytes;
}

TEST(Kernels, Are_compiled_for_what_this_processor_has_and_for_one_that_has_nothing) {
  const auto all = targets();
  EXPECT_THAT(all, testing::Not(testing::IsEmpty()));
  EXPECT_NE(std::ranges::find(all, kernels().target), all.end());
  EXPECT_TRUE(std::ranges::any_of(all, [](std::int64_t target) {
    return target == HWY_SCALAR || target == HWY_EMU128 || target == HWY_STATIC_TARGET;
  }));
}

TEST_P(Target, Decodes_every_type_at_every_length_and_place) {
  for (const SampleType type : kTypes) {
    const std::size_t width = bytes_per_sample(type);
    for (std::size_t samples = 0; samples <= kMost; ++samples) {
      const std::size_t offset = samples % 7;
      auto bytes = any_bytes(samples * width + offset);
      if (type == SampleType::f32) put_special_floats<float>(bytes, offset);
      if (type == SampleType::f64) put_special_floats<double>(bytes, offset);
      std::vector<float> out(kMost + 32, 7.0F);
      float* const begin = out.data() + samples % 17;
      kernels().decode[index(type)](bytes.data() + offset, begin, samples);
      for (std::size_t i = 0; i < samples; ++i) {
        ASSERT_EQ(std::bit_cast<std::uint32_t>(begin[i]),
                  std::bit_cast<std::uint32_t>(decoded(type, bytes.data() + offset + i * width)))
            << index(type) << ", sample " << i << " of " << samples;
      }
      ASSERT_TRUE(std::all_of(out.data(), begin, [](float x) { return x == 7.0F; }));
      ASSERT_TRUE(std::all_of(begin + samples, out.data() + out.size(), [](float x) { return x == 7.0F; }));
    }
  }
}

TEST_P(Target, Encodes_every_type_at_every_length_and_place) {
  for (const SampleType type : kTypes) {
    const std::size_t width = bytes_per_sample(type);
    for (std::size_t samples = 0; samples <= kMost; ++samples) {
      const auto floats = any_floats(samples + samples % 17);
      const float* const in = floats.data() + samples % 17;
      const std::size_t offset = samples % 7;
      std::vector<std::byte> out(samples * width + 16, std::byte{0xA5});
      kernels().encode[index(type)](in, out.data() + offset, samples);
      for (std::size_t i = 0; i < samples; ++i) {
        const auto expected = encoded(type, in[i]);
        ASSERT_EQ(std::memcmp(out.data() + offset + i * width, expected.data(), width), 0)
            << index(type) << ", sample " << i << " of " << samples << ": " << in[i];
      }
      for (std::size_t i = 0; i < out.size(); ++i) {
        const bool outside = i < offset || i >= offset + samples * width;
        ASSERT_TRUE(!outside || out[i] == std::byte{0xA5}) << i;
      }
    }
  }
}

struct Adding {
  const char* what;
  std::size_t in_channels;
  GainRun gain;
};

TEST_P(Target, Adds_every_type_to_the_bus_within_one_rounding) {
  const Adding cases[] = {
      {"steady", 2, {.start = {0.3F, 0.7F}}},
      {"ramp", 2, {.start = {0.3F, 1.0F}, .slope = {0.002F, -0.004F}}},
      {"mono steady", 1, {.start = {0.3F, 0.7F}}},
      {"mono ramp", 1, {.start = {0.0F, 1.0F}, .slope = {0.002F, -0.004F}}},
      {"mono unity", 1, {}},
      {"unity", 2, {}},
  };
  for (const SampleType type : kTypes) {
    for (const Adding& adding : cases) {
      const std::size_t frame_bytes = adding.in_channels * bytes_per_sample(type);
      for (std::size_t frames = 0; frames <= kMost / 2; ++frames) {
        const auto bytes = any_bytes(frames * frame_bytes + 3);
        std::vector<float> bus(2 * frames + 1, 0.25F);
        const Adders& add = kernels().add[index(type)];
        (adding.in_channels == 2 ? add.stereo : add.mono_to_stereo)(bytes.data() + 3, bus.data(), frames,
                                                                    adding.gain);
        for (std::size_t i = 0; i < 2 * frames; ++i) {
          const std::size_t frame = i / 2;
          const std::size_t sample = adding.in_channels == 2 ? i : frame;
          const float x = decoded(type, bytes.data() + 3 + sample * bytes_per_sample(type));
          const float gain = adding.gain.start[i % 2] + adding.gain.slope[i % 2] * static_cast<float>(frame);
          const double product = static_cast<double>(x) * static_cast<double>(gain);
          const double bound = (std::abs(product) + 0.25) * std::ldexp(1.0, -23);
          ASSERT_NEAR(bus[i], 0.25 + product, bound) << adding.what << ", type " << index(type) << ", " << i;
        }
        ASSERT_EQ(bus.back(), 0.25F);
      }
    }
  }
}

TEST_P(Target, At_unity_a_sample_arrives_on_an_empty_bus_bit_for_bit) {
  for (const SampleType type : kTypes) {
    const auto bytes = any_bytes(kMost * bytes_per_sample(type));
    std::vector<float> bus(kMost);
    kernels().add[index(type)].samples(bytes.data(), bus.data(), kMost, 1.0F);
    for (std::size_t i = 0; i < kMost; ++i)
      ASSERT_EQ(bus[i], decoded(type, bytes.data() + i * bytes_per_sample(type)));
  }
}

alignas(64) float coefficients[16 * 1'008];
alignas(64) float blended[1'008];

struct Sum {
  double of_products = 0;
  double of_sizes = 0;

  void add(float coefficient, float sample) {
    of_products += static_cast<double>(coefficient) * static_cast<double>(sample);
    of_sizes += std::abs(static_cast<double>(sample));
  }
};

std::vector<float> any_history(std::size_t samples) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> spread(-1, 1);
  std::ranges::generate(coefficients, [&] { return spread(random); });
  std::vector<float> history(samples);
  std::ranges::generate(history, [&] { return spread(random); });
  return history;
}

void expect_rows_add_up(const FilterRun& run) {
  constexpr std::size_t kFrames = 20;
  std::vector<float> out(kFrames * run.channels);
  kernels().filter_between_rows(run, out.data(), kFrames);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t place = run.phase + (run.whole * run.phases + run.part) * (i / run.channels);
    const float* const window = run.window + i % run.channels * run.stride + place / run.phases;
    // With a row for each phase, the cubic goes through the second of its four.
    const float* const row = run.rows + (place % run.phases + 1) * run.row_length;
    Sum sum;
    for (std::size_t tap = 0; tap < run.row_length; ++tap) sum.add(row[tap], window[tap]);
    ASSERT_NEAR(out[i], sum.of_products, sum.of_sizes * 1e-7);
  }
}

TEST_P(Target, Filters_between_rows_add_up_as_in_double) {
  constexpr std::size_t kStride = 1'100;
  const auto history = any_history(kMaxChannels * kStride);
  for (const std::size_t length : {16U, 96U, 256U, 1'008U}) {
    for (std::size_t channels = 1; channels <= kMaxChannels; ++channels) {
      expect_rows_add_up({.rows = coefficients,
                          .row_length = length,
                          .rows_a_frame = 5,
                          .blend = blended,
                          .window = history.data() + 3,
                          .stride = kStride,
                          .channels = channels,
                          .phase = 2,
                          .phases = 5,
                          .whole = 1,
                          .part = 4});
    }
  }
}

void expect_group_adds_up(const FilterGroup& group) {
  const std::size_t lanes = kernels().group_frames;
  std::vector<float> out(group.frames * group.channels + 1, 7);
  kernels().filter_group(group, out.data());
  for (std::size_t i = 0; i + 1 < out.size(); ++i) {
    const std::size_t frame = group.first + i / group.channels;
    Sum sum;
    for (std::size_t tap = 0; tap < group.taps; ++tap)
      sum.add(group.coefficients[tap * lanes + frame], group.window[i % group.channels * group.stride + tap]);
    ASSERT_NEAR(out[i], sum.of_products, sum.of_sizes * 1e-7)
        << group.taps << " taps, " << group.channels << " channels, frame " << frame;
  }
  ASSERT_EQ(out.back(), 7);
}

TEST_P(Target, Filters_of_groups_add_up_as_in_double_whichever_frames_are_wanted) {
  constexpr std::size_t kStride = 1'100;
  const auto history = any_history(kMaxChannels * kStride);
  const std::size_t lanes = kernels().group_frames;
  for (const std::size_t taps : {std::size_t{4}, std::size_t{112}, std::size_t{1'008}}) {
    for (std::size_t channels = 1; channels <= kMaxChannels; ++channels) {
      for (std::size_t first = 0; first < lanes; ++first) {
        for (std::size_t frames = 1; frames <= lanes - first; ++frames)
          expect_group_adds_up({.coefficients = coefficients,
                                .taps = taps,
                                .middle = first * 9,
                                .in_double = frames % 2 == 0,
                                .window = history.data() + 3,
                                .stride = kStride,
                                .channels = channels,
                                .first = first,
                                .frames = frames});
      }
    }
  }
}

TEST_P(Target, Channels_are_separated_sample_by_sample) {
  constexpr std::size_t kStride = kMost + 1;
  const auto in = any_history(kMaxChannels * kMost + 1);
  for (std::size_t channels = 1; channels <= kMaxChannels; ++channels) {
    for (std::size_t frames = 0; frames <= kMost; ++frames) {
      std::vector<float> out(channels * kStride, 7);
      kernels().separate(in.data() + 1 % channels, frames, channels, out.data(), kStride);
      for (std::size_t i = 0; i < out.size(); ++i) {
        const std::size_t frame = i % kStride;
        const float expected = frame < frames ? in[1 % channels + frame * channels + i / kStride] : 7;
        ASSERT_EQ(out[i], expected) << channels << " channels, " << frames << " frames, " << frame;
      }
    }
  }
}

// --- dither, levels and channel maps ---

/// encoder_test.cpp tests the noise itself.
void expect_encoded_on(const Grid& grid, SampleType type, std::size_t samples) {
  constexpr std::array kPlain = {plain::write_on_grid<plain::U8>, plain::write_on_grid<plain::S16>,
                                 plain::write_on_grid<plain::S24>, plain::write_on_grid<plain::S32>};
  const auto floats = any_floats(samples + samples % 17);
  const float* const in = floats.data() + samples % 17;
  const std::size_t width = bytes_per_sample(type);
  std::vector<std::byte> out(samples * width + 16, std::byte{0xA5});
  std::vector<std::byte> expected = out;
  kernels().encode_on_grid[index(type)](in, out.data() + 3, samples, grid);
  for (std::size_t i = 0; i < samples; ++i)
    kPlain[index(type)](in[i], grid, grid.first + static_cast<std::uint32_t>(i), &expected[3 + i * width]);
  ASSERT_EQ(out, expected) << grid.bits << " bits in type " << index(type) << ", " << samples << " samples";
}

TEST_P(Target, Encodes_on_every_grid_with_noise_and_without) {
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

TEST_P(Target, Knows_whether_integers_hold_all_samples) {
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

TEST_P(Target, Measures_every_type_at_every_length) {
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
    auto bytes = any_bytes(samples * sizeof(Real));
    put_special_floats<Real>(bytes, 0);
    std::vector<Real> reals(samples);
    for (std::size_t i = 0; i < samples; ++i) reals[i] = read<Real>(&bytes[i * sizeof(Real)]);
    const auto non_finite = std::ranges::count_if(reals, [](Real x) { return !std::isfinite(x); });
    EXPECT_EQ(count_non_finite(bytes.data(), samples), static_cast<std::size_t>(non_finite));
  }
}

TEST_P(Target, Counts_NaN_and_infinity) {
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

TEST_P(Target, Adds_any_number_of_frames_through_any_matrix_with_steady_and_moving_gains) {
  GainRun moving{.frames = 26};
  for (std::size_t i = 0; i < kMaxChannels; ++i) moving.slope[i] = 0.01F * static_cast<float>(i);
  const GainRun steady{.frames = 100, .start = {0.5F, 0.75F}};
  for (std::size_t in = 1; in <= kMaxChannels; ++in) {
    for (std::size_t out = 1; out <= kMaxChannels; ++out) expect_added(21, some_matrix(in, out), moving);
  }
  for (std::size_t frames = 0; frames < 20; ++frames) {
    expect_added(frames, some_matrix(6, 2), steady);
    expect_added(frames, some_matrix(6, 2), moving);
  }
}

}  // namespace
}  // namespace refwave::dsp
