// WAV files as hal writes them, read by sox and libsndfile.
#include <gtest/gtest.h>
#include <sndfile.h>

#include <fstream>

#include "hal/capture/wav_writer.h"
#include "tests/hal/clients.h"
#include "tests/support/shell.h"
#include "tests/support/temporary_folder.h"

namespace refwave::hal {
namespace {

using dsp::SampleType;
using test::output_of;
using test::random_bytes;
using test::text_of;

struct RawFormat {
  dsp::Format format;
  const char* raw;  // the same samples in sox's words
};

const RawFormat kRawFormats[] = {
    {{SampleType::u8, 1, 8'000}, "-e unsigned -b 8 -c 1"},
    {{SampleType::s16, 2, 44'100}, "-e signed -b 16 -c 2"},
    {{SampleType::s24, 1, 48'000}, "-e signed -b 24 -c 1"},
    {{SampleType::s32, 2, 192'000}, "-e signed -b 32 -c 2"},
    {{SampleType::s16, 6, 48'000}, "-e signed -b 16 -c 6"},
    {{SampleType::f32, 2, 48'000}, "-e float -b 32 -c 2"},
    {{SampleType::f64, 8, 96'000}, "-e float -b 64 -c 8"},
};

/// Returns: valid samples of the type; floats that sox keeps exactly as 32-bit integers.
std::vector<std::byte> good_bytes(const dsp::Format& format, std::size_t frames) {
  auto bytes = random_bytes(frames * format.bytes_per_frame());
  const std::size_t sample = bytes_per_sample(format.type);
  if (format.type == SampleType::f32 || format.type == SampleType::f64) {
    for (std::size_t i = 0; i < bytes.size(); i += sample) {
      bytes[i] = std::byte{0};
      bytes[i + sample - 1] = std::byte{0x3E};
    }
  }
  return bytes;
}

class WavFile : public testing::TestWithParam<RawFormat> {};

TEST_P(WavFile, Is_read_bit_for_bit_by_sox) {
  const auto& [format, raw] = GetParam();
  const test::TemporaryFolder folder;
  const auto path = folder / "a.wav";
  const auto bytes = good_bytes(format, 1'001);
  std::string error;
  {
    const auto writer = WavWriter::create(path, format, error);
    ASSERT_EQ(error, "");
    EXPECT_TRUE(writer->append(bytes));
  }

  EXPECT_EQ(text_of("soxi -r " + path.string()), std::to_string(format.rate));
  EXPECT_EQ(text_of("soxi -c " + path.string()), std::to_string(format.channels));
  EXPECT_EQ(text_of("soxi -s " + path.string()), "1001");
  // sox holds every sample as 32 bits, too few for doubles.
  if (format.type != SampleType::f64) {
    EXPECT_EQ(output_of("sox -D " + path.string() + " -t raw " + raw + " -"), bytes);
  }
  EXPECT_EQ(std::filesystem::file_size(path) % 2, 0U);
}

INSTANTIATE_TEST_SUITE_P(Formats, WavFile, testing::ValuesIn(kRawFormats));

TEST(WavFile, Over_four_gigabytes_is_an_RF64_that_libsndfile_reads) {
  const test::TemporaryFolder folder;
  const auto path = folder / "large.wav";
  const dsp::Format format{SampleType::s16, 2, 48'000};
  const std::uint64_t data_bytes = 5ULL << 30;
  const auto header = wav_header(format, data_bytes);
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(header.data()), static_cast<std::streamsize>(header.size()));
  std::filesystem::resize_file(path, header.size() + data_bytes);  // sparse

  SF_INFO info{};
  SNDFILE* const file = sf_open(path.c_str(), SFM_READ, &info);
  ASSERT_NE(file, nullptr) << sf_strerror(nullptr);
  EXPECT_EQ(info.frames, static_cast<sf_count_t>(data_bytes / 4));
  EXPECT_EQ(info.format & SF_FORMAT_TYPEMASK, SF_FORMAT_RF64);
  sf_close(file);
}

TEST(WavFile, The_header_keeps_its_length_when_the_file_outgrows_RIFF) {
  const dsp::Format format{SampleType::f32, 2, 48'000};
  EXPECT_EQ(wav_header(format, 0).size(), wav_header(format, 1ULL << 40).size());
  EXPECT_EQ(wav_header(format, 0)[1], std::byte{'I'});
  EXPECT_EQ(wav_header(format, 0xFFFFFFF0)[1], std::byte{'F'});
}

}  // namespace
}  // namespace refwave::hal
