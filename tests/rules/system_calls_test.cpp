// The live audio thread's system calls while sixteen streams play in real time: the sleep until the next
// period, which is the clocked device's, and one wake a period. Nothing else.
#include <gmock/gmock.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

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

struct SystemCalls {
  std::map<long, unsigned> count;  // by number (sys/syscall.h)
  std::string problem;             // empty, or why nothing was counted
};

constexpr int kSystemCallStop = SIGTRAP | 0x80;  // as PTRACE_O_TRACESYSGOOD marks it

/// Returns: the number of the system call that the stopped thread is about to make; -1 if it is coming out of
/// one.
long entered(pid_t thread) {
  __ptrace_syscall_info info{};
  const auto size = reinterpret_cast<void*>(sizeof info);
  if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, size, &info) < 0) return -1;
  return info.op == PTRACE_SYSCALL_INFO_ENTRY ? static_cast<long>(info.entry.nr) : -1;
}

/// Returns: the signal that was on its way to the stopped thread; 0 for stops of the tracer's own.
int signal_of(int status) {
  const bool own = WSTOPSIG(status) == kSystemCallStop || status >> 16 == PTRACE_EVENT_STOP;
  return own ? 0 : WSTOPSIG(status);
}

/// Effects: follows a thread of another process for that long, by ptrace. It is stopped at each call, so it
/// is slower than it would be, and otherwise as it is. Returns when the thread ends, too; a thread that
/// neither makes a system call nor ends would be waited for, so its process has an end of its own
/// (--seconds).
SystemCalls count_system_calls(pid_t thread, std::chrono::milliseconds duration) {
  SystemCalls calls;
  if (ptrace(PTRACE_SEIZE, thread, nullptr, PTRACE_O_TRACESYSGOOD) < 0 ||
      ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr) < 0) {
    calls.problem = std::string("ptrace is not permitted here: ") + std::strerror(errno);
    return calls;
  }
  const auto deadline = std::chrono::steady_clock::now() + duration;
  int status = 0;
  while (waitpid(thread, &status, __WALL) == thread && WIFSTOPPED(status)) {
    if (std::chrono::steady_clock::now() >= deadline) {
      ptrace(PTRACE_DETACH, thread, nullptr, signal_of(status));
      return calls;
    }
    const long number = WSTOPSIG(status) == kSystemCallStop ? entered(thread) : -1;
    if (number >= 0) ++calls.count[number];
    ptrace(PTRACE_SYSCALL, thread, nullptr, signal_of(status));
  }
  calls.problem = "the thread ended while it was watched";
  return calls;
}

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
