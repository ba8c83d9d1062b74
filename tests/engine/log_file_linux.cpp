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
  EXPECT_EQ(hal::append(large.get(), std::string(150, 'a')), 50U);
  EXPECT_EQ(hal::append(large.get(), "b"), 0U) << "and no signal ends the program";
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
