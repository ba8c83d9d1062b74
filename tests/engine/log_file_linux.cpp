// A log on Linux whose path is a pipe, or whose descriptor the program takes; and a capture.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "driver/event_log/log_file.h"
#include "hal/capture/wav_writer.h"
#include "hal/system/files.h"
#include "tests/support/shell.h"
#include "tests/support/temporary_folder.h"

namespace refwave::engine {
namespace {

TEST(LogOnLinux, A_pipe_in_its_place_is_refused_and_no_thread_waits_for_its_reader) {
  const test::TemporaryFolder folder;
  const std::string fifo = (folder / "fifo").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  std::string problem;
  EXPECT_EQ(event_log::LogFile::open(fifo, 1, {}, problem), nullptr);
  EXPECT_EQ(problem, "not a regular file");
  EXPECT_EQ(event_log::LogFile::open("/dev/null", 1, {}, problem), nullptr);
  EXPECT_EQ(problem, "not a regular file");
}

/// Effects: closes what is open as `path`, as a daemon closes all, and opens `own` in its place.
int take_descriptor_of(const std::string& path, const std::string& own) {
  for (int number = 3; number < 1'000; ++number) {
    if (test::text_of("readlink /proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(number)) !=
        path)
      continue;
    const int fresh = ::open(own.c_str(), O_RDWR | O_CREAT, 0600);
    EXPECT_EQ(::dup2(fresh, number), number);
    ::close(fresh);
    return number;
  }
  ADD_FAILURE() << path << " is not open";
  return -1;
}

TEST(LogOnLinux, A_daemon_s_own_file_in_its_place_is_left_alone_and_the_log_goes_on) {
  const test::TemporaryFolder folder;
  const std::string path = (folder / "a.log").string();
  const std::string own = (folder / "own").string();
  std::string problem;
  auto log = event_log::LogFile::open(path, 1, {}, problem);
  ASSERT_TRUE(log) << problem;
  const int number = take_descriptor_of(path, own);
  log->add("afterwards");
  log->end();
  log.reset();
  EXPECT_THAT(test::text_of("cat " + path), testing::EndsWith("afterwards"));
  EXPECT_EQ(test::text_of("stat -c %s " + own), "0");
  EXPECT_EQ(::close(number), 0) << "the driver has closed it";
}

TEST(CaptureOnLinux, A_daemon_s_own_file_in_its_place_is_left_alone_and_the_rest_is_an_error) {
  const test::TemporaryFolder folder;
  const std::string path = (folder / "a.wav").string();
  const std::string own = (folder / "own").string();
  constexpr std::array<std::byte, 4> kFrame{};
  std::string problem;
  auto capture =
      hal::WavWriter::create(path, {.type = dsp::SampleType::s16, .channels = 2, .rate = 48'000}, problem);
  ASSERT_TRUE(capture) << problem;
  EXPECT_TRUE(capture->append(kFrame));
  const int number = take_descriptor_of(path, own);
  EXPECT_FALSE(capture->append(kFrame));
  EXPECT_THAT(capture->error(), testing::HasSubstr("a.wav: Bad file descriptor"));
  capture->publish();
  capture.reset();
  EXPECT_EQ(test::text_of("stat -c %s " + own), "0");
  EXPECT_EQ(::close(number), 0) << "the driver has closed it";
}

}  // namespace
}  // namespace refwave::engine
