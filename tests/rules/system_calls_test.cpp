// The live audio thread's system calls while sixteen streams play in real time: the sleep until the next
// period, which is the clocked device's, and one wake a period. Nothing else.
#include <gmock/gmock.h>
#include <sys/syscall.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/rules/system_calls_linux.h"
#include "tests/support/child_process.h"
#include "tests/support/eventually.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

using std::chrono::milliseconds;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr milliseconds kWatched{2'000};
constexpr unsigned kPeriods = 48'000 / 128 * 2;  // in that time

/// Returns: the process's audio thread; 0 if there is none yet.
pid_t audio_thread(const ChildProcess& process) {
  const std::filesystem::path tasks = "/proc/" + std::to_string(process.number()) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks)) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    if (name == "refwave-audio") return static_cast<pid_t>(std::stol(task.path().filename()));
  }
  return 0;
}

/// Returns: what is against the rule, one line each.
std::vector<std::string> offences(const SystemCalls& calls) {
  constexpr unsigned kSlack = kPeriods / 20;  // a thread that was late makes up for it
  std::vector<std::string> found;
  for (const auto& [number, count] : calls.count) {
    const std::string what = "system call " + std::to_string(number) + ": " + std::to_string(count);
    std::puts(what.c_str());
    const bool one_a_period = number == SYS_clock_nanosleep || number == SYS_futex;
    if (!one_a_period || count > kPeriods + kSlack) found.push_back(what);
  }
  return found;
}

class AudioThread : public testing::TestWithParam<std::string> {};

TEST_P(AudioThread, Sleeps_and_wakes_once_a_period_and_makes_no_other_system_call) {
  const TemporaryFolder folder;
  // What it plays is published (refwave watch) meanwhile. A block is a prime number of frames, so that ends
  // fall anywhere in a period.
  ChildProcess player({REFWAVE_COMMAND, "latency", "--device", "clocked", "--period", "128", "--block", "397",
                       "--streams", "16", "--seconds", "60", "--wake", GetParam()},
                      {{"XDG_RUNTIME_DIR", folder.path()}, {"REFWAVE_CONFIG", "/dev/null"}},
                      folder / "output");
  SystemCalls calls;
  ASSERT_TRUE(eventually([&] {
    const pid_t thread = audio_thread(player);
    if (thread != 0) calls = count_system_calls(thread, milliseconds(200));
    return calls.count[SYS_clock_nanosleep] > 20 || !calls.problem.empty();
  })) << "it is not under way";
  if (calls.problem.empty()) calls = count_system_calls(audio_thread(player), kWatched);
  EXPECT_FALSE(std::filesystem::is_empty(folder / "refwave"));
  ASSERT_EQ(calls.problem, "");
  EXPECT_THAT(offences(calls), IsEmpty());
  EXPECT_GT(calls.count[SYS_clock_nanosleep], 20U);
  EXPECT_TRUE(calls.count[SYS_futex] > 0 || GetParam() != "park");
}

INSTANTIATE_TEST_SUITE_P(Wake, AudioThread, testing::Values("park", "predict"),
                         [](const auto& wake) { return wake.param; });

TEST(AudioThreadWatch, Sees_another_system_call_and_a_second_wake) {
  const ChildProcess writer({"yes"}, {}, std::filesystem::path("/dev/null"));
  EXPECT_THAT(offences(count_system_calls(writer.number(), milliseconds(100))), Not(IsEmpty()));
  EXPECT_THAT(offences({{{SYS_futex, 2 * kPeriods}}, ""}), SizeIs(1));
  EXPECT_THAT(offences({{{SYS_futex, kPeriods}}, ""}), IsEmpty());
}

}  // namespace
}  // namespace refwave::test
