// A log on Linux whose path is a pipe, whose size is limited, or whose descriptor the program takes; and a
// capture.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <thread>

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

TEST(LogOnLinux, What_cannot_be_written_is_a_warning_once_and_no_line_is_torn) {
  const test::TemporaryFolder folder;
  const std::string path = (folder / "small.log").string();
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  std::atomic<int> warnings{0};
  std::string problem;
  const auto log = event_log::LogFile::open(
      path, 1, [&](const std::string&) { ++warnings; }, problem);
  ASSERT_TRUE(log) << problem;
  const rlimit small{50, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const hal::File large = hal::open_to_append((folder / "large").string(), problem);
  EXPECT_EQ(hal::append(large, std::string(150, 'a')), 50U);
  EXPECT_EQ(hal::append(large, "b"), 0U) << "and no signal ends the program";
  log->add("a line that is longer than what is left of fifty bytes, and torn");
  while (warnings == 0) std::this_thread::yield();
  ::setrlimit(RLIMIT_FSIZE, &before);
  log->add("whole");
  log->end();
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  EXPECT_THAT(lines, testing::ElementsAre(testing::SizeIs(50), testing::HasSubstr("1 lines are missing"),
                                          testing::EndsWith(" 1 whole")));
  EXPECT_EQ(warnings, 1);
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
