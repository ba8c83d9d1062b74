// System calls that fail: limits, processors; seeks. Other files:
// tests/simulation.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "hal/capture/wav_writer.h"
#include "hal/system/realtime.h"
#include "tests/hal/refusals/replacement.h"
#include "tests/support/temporary_folder.h"

namespace refwave::hal {
namespace {

using test::Replacement;

rlim_t told_limit = 0;
int asked_priority = 0;

TEST(RealtimePriority, Is_as_high_as_the_limit_allows_and_twenty_at_most) {
  const Replacement limits(
      "getrlimit", +[](__rlimit_resource_t, rlimit* limit) {
        *limit = {told_limit, told_limit};
        return 0;
      });
  const Replacement scheduler(
      "sched_setscheduler", +[](pid_t, int, const sched_param* parameters) {
        asked_priority = parameters->sched_priority;
        return 0;
      });
  for (const auto& [limit, priority] : {std::pair{0, 20}, {10, 10}, {20, 20}, {95, 20}}) {
    told_limit = static_cast<rlim_t>(limit);
    EXPECT_EQ(take_fifo(0), priority) << limit;
    EXPECT_EQ(asked_priority, priority) << limit;
  }
  const Replacement untold(
      "getrlimit", +[](__rlimit_resource_t, rlimit*) { return -1; });
  EXPECT_EQ(take_fifo(0), 20);
}

int changes_of_processors = 0;
int here = 0;  // the processor

TEST(Processors, Are_left_alone_by_a_prompt_thread_that_is_on_another_one_and_where_they_are_not_known) {
  const Replacement choice(
      "sched_setaffinity", +[](pid_t, std::size_t, const cpu_set_t*) {
        ++changes_of_processors;
        return 0;
      });
  const Replacement priority(
      "sched_setscheduler", +[](pid_t, int, const sched_param*) { return 0; });
  const Replacement now(
      "sched_getcpu", +[] { return here; });
  changes_of_processors = 0;
  Scheduling scheduling;
  EXPECT_TRUE(scheduling.become_prompt());
  here = 1;
  EXPECT_TRUE(scheduling.keep_off(5'000));
  EXPECT_EQ(changes_of_processors, 0);
  here = 5'000;
  EXPECT_TRUE(scheduling.keep_off(5'000));
  EXPECT_EQ(changes_of_processors, 1);
  here = 1;
  EXPECT_TRUE(scheduling.keep_off(5'000)) << "it is kept off already";
  scheduling.go_anywhere();
  EXPECT_EQ(changes_of_processors, 2);
  scheduling.become_ordinary();
  EXPECT_TRUE(scheduling.keep_off(5'000));
  EXPECT_EQ(changes_of_processors, 3) << "the system may wake an ordinary thread anywhere";
  const Replacement own(
      "sched_getaffinity", +[](pid_t, std::size_t, cpu_set_t*) { return -1; });
  EXPECT_FALSE(Scheduling().keep_off(0));
}

constexpr off_t kFarthest = 8'192;

/// As msvcrt's fseek, whose places have 31 bits, and here 13. Wine's have 64.
int seek_near(FILE* file, long place, int from) {
  struct stat look {};
  fstat(fileno(file), &look);
  return place + (from == SEEK_END ? look.st_size : 0) > kFarthest ? -1 : fseeko(file, place, from);
}
int refuse_far(FILE* file, off_t place, int from) {
  errno = EINVAL;
  return place > kFarthest ? -1 : fseek(file, place, from);
}

/// Effects: writes twenty seconds, as `record` does. Returns: how many were accepted.
int write_seconds(WavWriter& writer, const dsp::Format& format) {
  int accepted = 0;
  for (int second = 1; second <= 20; ++second) {
    accepted += writer.append(std::vector(format.rate, static_cast<std::byte>(second))) ? 1 : 0;
    writer.publish();
  }
  return accepted;
}

TEST(WavFile, Beyond_the_reach_of_fseek_overwrites_no_second_of_itself) {
  const test::TemporaryFolder folder;
  const std::string path = folder / "a.wav";
  const dsp::Format format{dsp::SampleType::u8, 1, 1'000};
  const std::size_t header_bytes = wav_header(format, 0).size();
  const auto first_and_last_byte = [&](std::size_t seconds) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    EXPECT_EQ(bytes.size(), header_bytes + seconds * format.rate);
    return std::pair(static_cast<int>(bytes[header_bytes]), static_cast<int>(bytes.back()));
  };
  std::string error;
  {
    const Replacement short_places("fseek", seek_near);
    EXPECT_EQ(write_seconds(*WavWriter::create(path, format, error), format), 20);
  }
  EXPECT_EQ(first_and_last_byte(20), std::pair(1, 20));

  const Replacement no_far_seek("fseeko", refuse_far);
  const auto writer = WavWriter::create(path, format, error);
  EXPECT_EQ(write_seconds(*writer, format), 9);
  EXPECT_NE(writer->error().find(std::strerror(EINVAL)), std::string::npos) << writer->error();
  EXPECT_EQ(first_and_last_byte(9), std::pair(1, 9));
}

}  // namespace
}  // namespace refwave::hal
