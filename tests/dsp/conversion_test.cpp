// Conversion against arithmetic done in wider types, for every value where there are few enough of them. What
// is cut, and what a kernel touches, kernels_test.cpp tests.
#include "dsp/conversion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace refwave::dsp {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<float> decoded(SampleType type, const std::vector<std::byte>& bytes) {
  std::vector<float> samples(bytes.size() / bytes_per_sample(type));
  decoder(type)(bytes.data(), samples.data(), samples.size());
  return samples;
}

std::vector<std::byte> encoded(SampleType type, const std::vector<float>& samples) {
  std::vector<std::byte> bytes(samples.size() * bytes_per_sample(type));
  encoder(type)(samples.data(), bytes.data(), samples.size());
  return bytes;
}

/// The integer at `index`, put together byte by byte; u8's offset taken off.
std::int64_t integer_at(SampleType type, const std::vector<std::byte>& bytes, std::size_t index) {
  const std::size_t width = bytes_per_sample(type);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    value |= static_cast<std::uint64_t>(bytes[index * width + i]) << (8 * i);
  }
  if (type == SampleType::u8) return static_cast<std::int64_t>(value) - 128;
  const unsigned unused = static_cast<unsigned>(64 - 8 * width);
  return static_cast<std::int64_t>(value << unused) >> unused;
}

template <typename T>
std::vector<std::byte> bytes_of(const std::vector<T>& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

/// Every bit pattern of a type of 1 to 3 bytes, in order.
std::vector<std::byte> every_value(SampleType type) {
  const std::size_t width = bytes_per_sample(type);
  const std::uint32_t count = 1U << (8 * width);
  std::vector<std::byte> bytes;
  bytes.reserve(count * width);
  for (std::uint32_t value = 0; value < count; ++value) {
    for (std::size_t i = 0; i < width; ++i) bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
  }
  return bytes;
}

std::string name_of(const testing::TestParamInfo<SampleType>& test) {
  constexpr const char* kNames[] = {"u8", "s16", "s24", "s32", "f32", "f64"};
  return kNames[static_cast<std::size_t>(test.param)];
}

class NarrowType : public testing::TestWithParam<SampleType> {};
INSTANTIATE_TEST_SUITE_P(Conversion, NarrowType,
                         testing::Values(SampleType::u8, SampleType::s16, SampleType::s24), name_of);

TEST_P(NarrowType, Every_value_decodes_to_its_share_of_full_scale) {
  const SampleType type = GetParam();
  const auto bytes = every_value(type);
  const double scale = std::ldexp(1.0, static_cast<int>(8 * bytes_per_sample(type)) - 1);

  const auto samples = decoded(type, bytes);

  for (std::size_t i = 0; i < samples.size(); ++i) {
    ASSERT_EQ(static_cast<double>(samples[i]), static_cast<double>(integer_at(type, bytes, i)) / scale) << i;
  }
}

TEST_P(NarrowType, Every_value_comes_back_bit_for_bit_from_the_same_and_every_wider_type) {
  const auto bytes = every_value(GetParam());
  const auto samples = decoded(GetParam(), bytes);

  for (const SampleType via : {SampleType::u8, SampleType::s16, SampleType::s24, SampleType::s32,
                               SampleType::f32, SampleType::f64}) {
    if (via < GetParam()) continue;
    EXPECT_TRUE(encoded(GetParam(), decoded(via, encoded(via, samples))) == bytes)
        << "through type " << static_cast<int>(via);
  }
}

TEST_P(NarrowType, A_wider_integer_holds_the_value_left_justified) {
  const auto bytes = every_value(GetParam());

  const auto wide = encoded(SampleType::s32, decoded(GetParam(), bytes));

  const auto shift = 8 * (4 - bytes_per_sample(GetParam()));
  for (std::size_t i = 0; i < wide.size() / 4; ++i) {
    ASSERT_EQ(integer_at(SampleType::s32, wide, i),
              integer_at(GetParam(), bytes, i) * (std::int64_t{1} << shift))
        << i;
  }
}

TEST_P(NarrowType, Encoding_rounds_to_the_nearest_value_and_ties_to_even) {
  const SampleType type = GetParam();
  const float step = std::ldexp(1.0F, 1 - static_cast<int>(8 * bytes_per_sample(type)));
  const std::vector<float> in = {0.25F, 0.5F, 0.75F, 1.5F, 2.5F, -0.5F, -0.75F, -1.5F, -2.5F, -3.25F};
  const std::vector<std::int64_t> expected = {0, 0, 1, 2, 2, 0, -1, -2, -2, -3};
  std::vector<float> samples;
  for (const float x : in) samples.push_back(x * step);

  const auto bytes = encoded(type, samples);

  for (std::size_t i = 0; i < in.size(); ++i) EXPECT_EQ(integer_at(type, bytes, i), expected[i]) << in[i];
}

TEST(Conversion, S32_keeps_its_upper_24_bits_and_never_wraps) {
  const std::vector<std::int32_t> values = {0,
                                            1 << 8,
                                            -(1 << 8),
                                            0x12345600,
                                            -0x12345600,
                                            0x7FFFFF00,
                                            std::numeric_limits<std::int32_t>::min(),
                                            std::numeric_limits<std::int32_t>::max()};

  const auto samples = decoded(SampleType::s32, bytes_of(values));
  const auto bytes = encoded(SampleType::s32, samples);

  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(integer_at(SampleType::s32, bytes, i), values[i]);
  EXPECT_EQ(samples.back(), 1.0F);
}

TEST(Conversion, Floats_are_decoded_bit_for_bit_and_cannot_poison_the_mix) {
  const std::vector<float> values = {0.0F,     -0.0F,  1.0F,      -1.0F,      0.1F,        2.5F,
                                     -1000.0F, 1e-38F, 1e-45F,    -1e-45F,    kFloatLimit, -kFloatLimit,
                                     kNan,     -kNan,  kInfinity, -kInfinity, 3e38F,       -3e38F};
  std::vector<float> expected = values;
  std::fill(expected.end() - 6, expected.end() - 2, 0.0F);
  expected.rbegin()[1] = kFloatLimit;
  expected.back() = -kFloatLimit;
  std::vector<double> doubles(values.begin(), values.end());
  doubles.back() = -1e300;

  EXPECT_EQ(bytes_of(decoded(SampleType::f32, bytes_of(values))), bytes_of(expected));
  EXPECT_EQ(bytes_of(decoded(SampleType::f64, bytes_of(doubles))), bytes_of(expected));
}

}  // namespace
}  // namespace refwave::dsp
