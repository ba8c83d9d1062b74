// Packed samples and libsndfile's integers: both conversions are exact, and the bytes have Windows' order.
#include "inf/cli/sound_file/raw_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

namespace refwave::cli {
namespace {

using dsp::SampleType;
using testing::ElementsAre;

std::vector<int> packed(std::int32_t integer, SampleType type) {
  std::vector<std::byte> bytes(dsp::bytes_per_sample(type));
  pack(std::array{integer}, type, bytes.data());
  std::vector<int> numbers;
  for (const std::byte byte : bytes) numbers.push_back(static_cast<int>(byte));
  return numbers;
}

TEST(Sample_bytes, Are_little_endian_and_eight_bits_are_offset) {
  EXPECT_THAT(packed(0, SampleType::u8), ElementsAre(128));
  EXPECT_THAT(packed(0x7F000000, SampleType::u8), ElementsAre(255));
  EXPECT_THAT(packed(0x12340000, SampleType::s16), ElementsAre(0x34, 0x12));
  EXPECT_THAT(packed(0x12345600, SampleType::s24), ElementsAre(0x56, 0x34, 0x12));
  EXPECT_THAT(packed(-1, SampleType::s32), ElementsAre(255, 255, 255, 255));
}

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

}  // namespace
}  // namespace refwave::cli
