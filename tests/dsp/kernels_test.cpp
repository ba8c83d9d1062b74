// The kernels of every target that this machine can run, against arithmetic done one by one in wider types:
// bit for bit, and sums within a bound.
#include <gmock/gmock.h>

#include <bit>

#include "tests/dsp/kernel_samples.h"

namespace refwave::dsp {
namespace {

using namespace test;

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
      const auto bytes = any_bytes(samples * width + offset);
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

/// Sixteen million floats: each that a 24-bit sample can be, and each halfway between two of 16 bits.
TEST_P(Target, Encodes_every_24_bit_value_to_16_and_24_bits) {
  constexpr std::size_t kRun = 4'096;
  std::vector<float> in(kRun);
  std::vector<std::byte> out(kRun * 3);
  for (std::int32_t first = -8'388'608; first < 8'388'608; first += kRun) {
    for (std::size_t i = 0; i < kRun; ++i)
      in[i] = static_cast<float>(first + static_cast<std::int32_t>(i)) / 8'388'608;
    kernels().encode[index(SampleType::s24)](in.data(), out.data(), kRun);
    for (std::size_t i = 0; i < kRun; ++i) {
      const std::int32_t value =
          read<std::uint16_t>(&out[3 * i]) + 65'536 * read<std::int8_t>(&out[3 * i + 2]);
      ASSERT_EQ(value, first + static_cast<std::int32_t>(i));
    }
    kernels().encode[index(SampleType::s16)](in.data(), out.data(), kRun);
    for (std::size_t i = 0; i < kRun; ++i) {
      const double nearest = std::nearbyint(in[i] * 32'768.0);
      ASSERT_EQ(read<std::int16_t>(&out[2 * i]), static_cast<std::int16_t>(std::min(nearest, 32'767.0)))
          << in[i];
    }
  }
}

/// A stereo run with these gains, added by any kernel: compared with the same in double.
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

}  // namespace
}  // namespace refwave::dsp
