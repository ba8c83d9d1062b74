// The clocked output's audio as a WAV file.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hal/capture/wav_capture.h"
#include "hal/clocked/clocked_backend.h"
#include "tests/hal/clients.h"
#include "tests/support/eventually.h"
#include "tests/support/shell.h"
#include "tests/support/status.h"
#include "tests/support/temporary_folder.h"

namespace refwave::hal {
namespace {

using namespace test;

constexpr std::size_t kS16Stereo = 4;
const OpenRequest kS16{.period_frames = 128, .any_type = false, .type = dsp::SampleType::s16};

std::vector<std::byte> samples_of(const std::filesystem::path& path) {
  return output_of("sox -D " + path.string() + " -t raw -e signed -b 16 -c 2 -");
}

class ClockedCapture : public testing::Test {
 protected:
  test::TemporaryFolder folder;
  std::filesystem::path path = folder / "played.wav";
};

TEST_F(ClockedCapture, Later_outputs_are_added_in_the_format_of_the_first) {
  const auto first = random_bytes(128 * kS16Stereo, 1);
  const auto second = random_bytes(128 * kS16Stereo, 2);
  ClockedBackend backend({.speed = 0.0, .capture_path = path.string()});
  auto device = backend.open(kS16, std::make_shared<Player>(first, kS16Stereo)).device;
  device->start();
  backend.step(1);
  device.reset();

  device = backend
               .open({.rate = 8'000, .channels = 1, .period_frames = 128},
                     std::make_shared<Player>(second, kS16Stereo))
               .device;
  EXPECT_EQ(device->info().format, (dsp::Format{dsp::SampleType::s16, 2, 48'000}));
  device->start();
  backend.step(1);
  device.reset();

  auto both = first;
  both.insert(both.end(), second.begin(), second.end());
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

TEST_F(ClockedCapture,
       A_device_beside_a_captured_one_that_stands_still_plays_and_a_warning_tells_what_is_lost) {
  std::vector<std::string> warnings;
  ClockedBackend backend(
      {.capture_path = path.string(), .warn = [&](const std::string& line) { warnings.push_back(line); }});
  const auto standing = std::make_shared<Standing>();
  const auto device = backend.open({}, standing).device;
  device->start();
  standing->wait_until_it_stands();
  EXPECT_FALSE(device->stop().ok()) << "it stands still from here on";
  EXPECT_THAT(warnings, testing::IsEmpty());

  const auto client = std::make_shared<Client>();
  const auto other = backend.open({}, client).device;
  EXPECT_TRUE(test::succeeded(other->start()));
  EXPECT_TRUE(eventually([&] { return client->periods > 2; }));
  EXPECT_THAT(warnings,
              testing::ElementsAre(testing::HasSubstr("has stopped; what plays now is not captured")));

  standing->let_go();
  EXPECT_TRUE(eventually([&] { return standing->periods == 1; }));
}

}  // namespace
}  // namespace refwave::hal
