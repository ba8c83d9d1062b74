// Packed samples and libsndfile's integers: both conversions are exact.
#include "inf/cli/sound_file/raw_format.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

namespace refwave::cli {
namespace {

using dsp::SampleType;

TEST(Sample_bytes, Come_back_as_they_were) {
  std::mt19937 random(7);
  for (const SampleType type : {SampleType::u8, SampleType::s16, SampleType::s24, SampleType::s32}) {
    std::vector<std::byte> bytes(1200);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
    std::vector<std::int32_t> integers(bytes.size() / dsp::bytes_per_sample(type));
    unpack(bytes.data(), type, integers);
    std::vector<std::byte> again(bytes.size());
    pack(integers, type, again.data());
    EXPECT_EQ(again, bytes);
  }
}

TEST(Sample_bytes, The_peak_is_the_greatest_magnitude) {
  const std::array integers{0, 1 << 30, INT32_MIN};
  const std::array floats{0.25F, -0.5F};
  const std::array doubles{-0.75, 0.5};
  EXPECT_FLOAT_EQ(peak_of(std::as_bytes(std::span(integers)), SampleType::s32), 1.0F);
  EXPECT_FLOAT_EQ(peak_of(std::as_bytes(std::span(floats)), SampleType::f32), 0.5F);
  EXPECT_FLOAT_EQ(peak_of(std::as_bytes(std::span(doubles)), SampleType::f64), 0.75F);
  EXPECT_FLOAT_EQ(peak_of({}, SampleType::f32), 0.0F);
}

}  // namespace
}  // namespace refwave::cli
