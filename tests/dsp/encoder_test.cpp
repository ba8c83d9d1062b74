// Encoding with dither. Where no bit is lost, nothing changes; otherwise the error is that of TPDF dither:
// mean zero and variance a quarter of a squared step, whatever the signal, so there is neither distortion nor
// noise modulation.
#include "dsp/encoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace refwave::dsp {
namespace {

constexpr std::size_t kMany = 200'000;

Format format_of(SampleType type, std::uint16_t valid_bits = 0) {
  return {.type = type, .channels = 2, .rate = 48'000, .channel_mask = 0, .valid_bits = valid_bits};
}

std::vector<std::byte> encoded(Encoder encoder, SampleType type, const std::vector<float>& samples) {
  std::vector<std::byte> bytes(samples.size() * bytes_per_sample(type));
  encoder.encode(samples.data(), bytes.data(), samples.size());
  return bytes;
}

std::vector<double> steps_of(const std::vector<std::byte>& bytes, SampleType type, int bits) {
  std::vector<float> samples(bytes.size() / bytes_per_sample(type));
  decoder(type)(bytes.data(), samples.data(), samples.size());
  std::vector<double> steps(samples.size());
  for (std::size_t i = 0; i < steps.size(); ++i)
    steps[i] = std::ldexp(static_cast<double>(samples[i]), bits - 1);
  return steps;
}

struct EncoderCase {
  SampleType type;
  int bits;
  std::uint16_t valid_bits;
};
constexpr EncoderCase kCases[] = {
    {SampleType::u8, 8, 0},    {SampleType::s16, 16, 0},  {SampleType::s24, 24, 0}, {SampleType::s16, 12, 12},
    {SampleType::s24, 20, 20}, {SampleType::s32, 24, 24}, {SampleType::s32, 16, 16}};

class AnyCase : public testing::TestWithParam<EncoderCase> {
 protected:
  Encoder encoder(Dither dither, std::uint32_t seed = 1) const {
    return {format_of(GetParam().type, GetParam().valid_bits), dither, seed};
  }
  std::vector<double> steps(Encoder encoder, const std::vector<float>& samples) const {
    return steps_of(encoded(encoder, GetParam().type, samples), GetParam().type, GetParam().bits);
  }
  float step() const { return std::ldexp(1.0F, 1 - GetParam().bits); }
};
INSTANTIATE_TEST_SUITE_P(Encoder, AnyCase, testing::ValuesIn(kCases), [](const auto& test) {
  return std::to_string(test.param.bits) + "_bits_in_" +
         std::to_string(8 * bytes_per_sample(test.param.type));
});

TEST_P(AnyCase, Where_nothing_is_lost_auto_changes_nothing) {
  std::mt19937 random(1);
  std::vector<float> samples(10'000);
  const int full = 1 << (GetParam().bits - 1);
  std::uniform_int_distribution<int> any(-full, full - 1);
  for (float& sample : samples) sample = static_cast<float>(any(random)) * step();
  samples[0] = -1;
  samples[1] = 1 - step();
  const auto found = steps(encoder(Dither::automatic), samples);
  for (std::size_t i = 0; i < samples.size(); ++i)
    ASSERT_EQ(found[i], static_cast<double>(samples[i]) / static_cast<double>(step())) << i;
}

TEST_P(AnyCase, The_error_has_the_same_mean_and_variance_wherever_the_sound_lies_between_two_steps) {
  for (const double offset : {0.0, 0.1, 0.25, 0.5, 0.75, 0.9}) {
    // Near zero, where a float still resolves quarters of a 24-bit step.
    const auto x = static_cast<float>((offset - 21) * static_cast<double>(step()));
    const auto found = steps(encoder(Dither::on), std::vector<float>(kMany, x));
    double mean = 0;
    double squares = 0;
    for (const double y : found) {
      const double error = y - static_cast<double>(x) / static_cast<double>(step());
      ASSERT_LE(std::abs(error), 1.5);
      mean += error / kMany;
      squares += error * error / kMany;
    }
    EXPECT_NEAR(mean, 0, 0.01) << offset;
    EXPECT_NEAR(squares, 0.25, 0.005) << offset;
  }
}

TEST_P(AnyCase, The_noise_is_the_same_each_time_in_pieces_too_and_another_for_another_seed) {
  const std::vector<float> samples(1'000, 0.3F * step());
  const auto whole = encoded(encoder(Dither::on, 5), GetParam().type, samples);
  const std::size_t width = bytes_per_sample(GetParam().type);
  Encoder pieces = encoder(Dither::on, 5);
  std::vector<std::byte> joined(whole.size());
  for (std::size_t at = 0, n = 1; at < samples.size(); at += n, n = std::min(n * 2, samples.size() - at))
    pieces.encode(samples.data() + at, joined.data() + at * width, n);
  EXPECT_EQ(joined, whole);
  EXPECT_NE(encoded(encoder(Dither::on, 6), GetParam().type, samples), whole);
}

TEST(Encoder, Wide_integers_and_floats_are_never_dithered) {
  const std::vector<float> samples = {0.1F, -0.3F, 1e-9F, 0.0F, 1.5F};
  for (const SampleType type : {SampleType::s32, SampleType::f32, SampleType::f64}) {
    std::vector<std::byte> plain(samples.size() * bytes_per_sample(type));
    encoder(type)(samples.data(), plain.data(), samples.size());
    EXPECT_EQ(encoded({format_of(type), Dither::on, 1}, type, samples), plain);
  }
}

TEST(Encoder, The_noise_of_neighbouring_samples_has_nothing_in_common) {
  const Encoder encoder(format_of(SampleType::s16), Dither::on, 3);
  const auto noise =
      steps_of(encoded(encoder, SampleType::s16, std::vector<float>(kMany)), SampleType::s16, 16);
  for (const std::size_t lag : {1U, 2U, 3U, 4U, 8U, 16U, 480U, 960U}) {
    double sum = 0;
    for (std::size_t i = lag; i < kMany; ++i) sum += noise[i] * noise[i - lag];
    EXPECT_NEAR(sum / kMany / 0.25, 0, 0.01) << lag;
  }
}

}  // namespace
}  // namespace refwave::dsp
