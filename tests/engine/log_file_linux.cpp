// A log on Linux whose path is a pipe, or whose size is limited.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "driver/event_log/log_file.h"
#include "hal/system/files.h"
#include "tests/support/temporary_folder.h"

namespace refwave::engine {
namespace {

TEST(LogOnLinux, A_pipe_in_its_place_is_refused_and_nobody_waits_for_its_reader) {
  const test::TemporaryFolder folder;
  const std::string fifo = (folder / "fifo").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  std::string problem;
  EXPECT_EQ(event_log::LogFile::open(fifo, 1, {}, problem), nullptr);
  EXPECT_EQ(problem, "not a regular file");
  EXPECT_EQ(event_log::LogFile::open("/dev/null", 1, {}, problem), nullptr);
  EXPECT_EQ(problem, "not a regular file");
}

/// Effects: appends more than a file may hold; exits with 0 if that was reported.
[[noreturn]] void write_too_much(const std::string& path) {
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit limit{100, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::string reason;
  const hal::File file = hal::open_to_append(path, reason);
  const std::size_t first = hal::append(file.get(), std::string(150, 'a'));
  const std::size_t second = hal::append(file.get(), "b");
  // The coverage tool writes a file at exit.
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::exit(first == 100 && second == 0 ? 0 : 1);
}

TEST(LogOnLinux, A_file_that_becomes_too_large_does_not_end_the_program) {
  const test::TemporaryFolder folder;
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(write_too_much((folder / "large").string()), testing::ExitedWithCode(0), "");
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

}  // namespace
}  // namespace refwave::engine
