// The clocked output's audio as a WAV file.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <random>
#include <span>

#include "hal/capture/wav_capture.h"
#include "hal/capture/wav_writer.h"
#include "hal/clocked/clocked_backend.h"
#include "tests/hal/clients.h"
#include "tests/support/eventually.h"
#include "tests/support/shell.h"
#include "tests/support/status.h"
#include "tests/support/temporary_folder.h"

namespace refwave::hal {
namespace {

using namespace test;
using dsp::SampleType;

constexpr std::size_t kS16Stereo = 4;
const OpenRequest kS16{.period_frames = 128, .any_type = false, .type = dsp::SampleType::s16};

std::vector<std::byte> random_bytes(std::size_t count) {
  std::mt19937 random(1);
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() & 0xFF);
  return bytes;
}

std::vector<std::byte> samples_of(const std::filesystem::path& path) {
  return output_of("sox -D " + path.string() + " -t raw -e signed -b 16 -c 2 -");
}

class ClockedCapture : public testing::Test {
 protected:
  test::TemporaryFolder folder;
  std::filesystem::path path = folder / "played.wav";
};

TEST_F(ClockedCapture, Later_outputs_are_added_in_the_format_of_the_first) {
  const auto both = random_bytes(2 * 128 * kS16Stereo);
  auto rest = std::span(both);
  const auto player = std::make_shared<Client>([&](const Period& period) {
    std::memcpy(period.data, rest.data(), both.size() / 2);
    rest = rest.subspan(both.size() / 2);
  });
  ClockedBackend backend({.speed = 0.0, .capture_path = path.string()});
  for (const OpenRequest& request : {kS16, {.rate = 8'000, .channels = 1, .period_frames = 128}}) {
    const auto device = backend.open(request, player).device;
    EXPECT_EQ(device->info().format, (dsp::Format{dsp::SampleType::s16, 2, 48'000}));
    device->start();
    backend.step(1);
  }
  EXPECT_EQ(samples_of(path), both);
}

TEST_F(ClockedCapture, A_pipe_without_a_reader_is_no_file_and_blocks_no_open) {
  for (const bool has_reader : {false, true}) {
    const std::string pipe = (folder / (has_reader ? "read" : "unread")).string();
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    const int reader = has_reader ? open(pipe.c_str(), O_RDONLY | O_NONBLOCK) : -1;
    std::string warning;
    ClockedBackend backend(
        {.speed = 0.0, .capture_path = pipe, .warn = [&](const std::string& line) { warning = line; }});
    EXPECT_NE(backend.open(kS16, std::make_shared<Client>()).device, nullptr);
    EXPECT_THAT(warning, testing::AllOf(testing::HasSubstr(pipe), testing::HasSubstr("not a regular file")));
    if (has_reader) close(reader);
  }
}

TEST_F(ClockedCapture, A_period_that_finds_no_room_is_lost_whole_and_counted_and_the_next_is_kept) {
  std::string error;
  const auto capture =
      WavCapture::create(path.string(), {dsp::SampleType::s16, 2, 8'000}, WavCapture::WhenFull::drop, error);
  ASSERT_NE(capture, nullptr) << error;
  capture->push(random_bytes(8'000 * kS16Stereo * 10));  // ten seconds, of which two have room
  const auto kept = random_bytes(100 * kS16Stereo);
  capture->push(kept);
  capture->flush(std::chrono::steady_clock::now() + kPatience);
  EXPECT_EQ(capture->report().lost_frames, 80'000U);
  EXPECT_EQ(capture->report().frames, 100U);
  EXPECT_EQ(samples_of(path), kept);
}

// WAV files as hal writes them, read by sox.

TEST(WavFile, Is_read_bit_for_bit_by_sox) {
  for (const auto& [format, raw] : {
           std::pair<dsp::Format, const char*>{{SampleType::u8, 1, 8'000}, "-e unsigned -b 8 -c 1"},
           {{SampleType::s24, 1, 48'000}, "-e signed -b 24 -c 1"},
           {{SampleType::s32, 2, 192'000}, "-e signed -b 32 -c 2"},
           {{SampleType::s16, 6, 48'000}, "-e signed -b 16 -c 6"},
           // sox holds every sample as 32 bits, too few for doubles.
           {{SampleType::f64, 8, 96'000}, nullptr},
       }) {
    SCOPED_TRACE(raw != nullptr ? raw : "doubles");
    const test::TemporaryFolder folder;
    const auto path = (folder / "a.wav").string();
    const auto bytes = random_bytes(1'001 * format.bytes_per_frame());
    std::string error;
    {
      const auto writer = WavWriter::create(path, format, error);
      ASSERT_EQ(error, "");
      EXPECT_TRUE(writer->append(bytes));
    }
    EXPECT_EQ(text_of("soxi -r " + path), std::to_string(format.rate));
    EXPECT_EQ(text_of("soxi -c " + path), std::to_string(format.channels));
    EXPECT_EQ(text_of("soxi -s " + path), "1001");
    if (raw != nullptr) {
      EXPECT_EQ(output_of("sox -D " + path + " -t raw " + raw + " -"), bytes);
    }
    EXPECT_EQ(std::filesystem::file_size(path) % 2, 0U);
  }
}

}  // namespace
}  // namespace refwave::hal
