// The live audio thread's system calls while sixteen streams play in real time: the sleep until the next
// period, which is the clocked device's, and one wake a period. Nothing else.
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <winmm_host.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <list>
#include <map>
#include <thread>

#include "inf/cli/wave_client/wave_out.h"
#include "tests/support/eventually.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

using dsp::SampleType;
using std::chrono::milliseconds;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr milliseconds kPatience{10'000};
constexpr unsigned kLongestSeconds = 60;

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
/// (kLongestSeconds).
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

/// What a client's callback does besides queueing its header again. Thread: whichever DriverCallback runs on.
using Extra = void (*)();

/// Sixteen streams of mixed formats through refwave.drv on the clocked device, in real time.
class SixteenStreams {
 public:
  /// `settings`: added to the string of DRV_OPEN.
  SixteenStreams(const std::string& settings, Extra extra) {
    constexpr std::array<dsp::Format, 3> kFormats = {
        {{SampleType::u8, 1}, {SampleType::s24, 2}, {SampleType::s16, 1, 44'100}}};
    constexpr std::size_t kBlocks = 4;
    constexpr std::size_t kBlockFrames = 397;  // a prime number, so that ends fall anywhere in a period
    setenv("REFWAVE_CONFIG", "/dev/null", 1);
    const std::string command = "\"" DRIVER_FILE "\" device=clocked; clock=1; period=128; " + settings;
    winmm_host_register_driver("wave", command.c_str());
    for (std::size_t i = 0; i < 16; ++i) {
      cli::WaveOut& stream =
          streams_.emplace_back(kFormats[i % kFormats.size()], kBlocks, kBlockFrames, nobody_);
      if (extra != nullptr) stream.at_end_of_callback = [extra](const WAVEHDR*, std::int64_t) { extra(); };
      if (stream.open() != MMSYSERR_NOERROR) _exit(1);
      for (cli::Block& block : stream.queue().blocks()) std::ranges::fill(block.memory, std::byte{0x11});
      stream.repeat();
    }
  }
  /// Returns: callbacks of the audio thread so far.
  std::uint64_t periods() const {
    return streams_.front().statistics().value_or(REFWAVE_STATISTICS{}).ullPeriods;
  }

 private:
  cli::BlockQueue::Semaphore nobody_;  // waits for a block
  std::list<cli::WaveOut> streams_;
};

/// A copy of this program that plays, so that it can be watched from outside.
class Player {
 public:
  explicit Player(const std::string& settings, Extra extra = nullptr) {
    process_ = fork();
    if (process_ != 0) return;
    alarm(kLongestSeconds);
    const SixteenStreams streams(settings, extra);
    for (;; std::this_thread::sleep_for(milliseconds(1))) *periods_ = streams.periods();
  }
  ~Player() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    munmap(periods_, sizeof *periods_);
  }
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  /// Returns: how many it has made, once there is another one.
  std::uint64_t periods() const {
    const std::uint64_t before = *periods_;
    EXPECT_TRUE(eventually([&] { return *periods_ > before; }, kPatience));
    return *periods_;
  }
  /// Returns: its audio thread; 0 if there is none yet.
  pid_t audio_thread() const {
    const std::filesystem::path tasks = "/proc/" + std::to_string(process_) + "/task";
    for (const auto& task : std::filesystem::directory_iterator(tasks)) {
      std::string name;
      std::getline(std::ifstream(task.path() / "comm"), name);
      if (name == "refwave-audio") return static_cast<pid_t>(std::stol(task.path().filename()));
    }
    return 0;
  }

 private:
  std::atomic<std::uint64_t>* const periods_ = static_cast<std::atomic<std::uint64_t>*>(
      mmap(nullptr, sizeof *periods_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  pid_t process_ = 0;
};

struct Watched {
  SystemCalls calls;
  std::uint64_t periods = 0;
};

/// Returns: what the audio thread did, once it is well under way.
Watched watch(const Player& player) {
  EXPECT_TRUE(eventually([&] { return player.periods() > 20; }, kPatience));
  Watched watched;
  const std::uint64_t before = player.periods();
  watched.calls = count_system_calls(player.audio_thread(), milliseconds(2'000));
  watched.periods = player.periods() - before;
  return watched;
}

/// Returns: what is against the rule, one line each.
std::vector<std::string> offences(const Watched& watched) {
  constexpr unsigned kSlack = 1;  // the sleep that the tracer interrupted is begun again
  std::vector<std::string> found;
  for (const auto& [number, count] : watched.calls.count) {
    const bool one_a_period = number == SYS_clock_nanosleep || number == SYS_futex;
    if (!one_a_period || count > watched.periods + kSlack)
      found.push_back("system call " + std::to_string(number) + ": " + std::to_string(count) + " in " +
                      std::to_string(watched.periods) + " periods");
  }
  return found;
}

class AudioThread : public testing::TestWithParam<std::string> {};

TEST_P(AudioThread, Sleeps_and_wakes_once_a_period_and_makes_no_other_system_call) {
  const TemporaryFolder folder;
  // What it plays is published (refwave watch) meanwhile.
  setenv("XDG_RUNTIME_DIR", folder.path().c_str(), 1);
  const Player player("wake=" + GetParam());
  Watched watched = watch(player);
  EXPECT_FALSE(std::filesystem::is_empty(folder / "refwave"));
  ASSERT_EQ(watched.calls.problem, "");
  EXPECT_THAT(offences(watched), IsEmpty());
  // It was seen at work, and sleeping and waking.
  EXPECT_GT(watched.periods, 20U);
  EXPECT_GT(watched.calls.count[SYS_clock_nanosleep], 0U);
  EXPECT_TRUE(watched.calls.count[SYS_futex] > 0 || GetParam() != "park");
}

INSTANTIATE_TEST_SUITE_P(Wake, AudioThread, testing::Values("park", "predict"),
                         [](const auto& wake) { return wake.param; });

/// Under direct completion the audio thread calls the clients: several each period.
void call_and_wake() {
  static int word = 0;
  syscall(SYS_getpid);
  syscall(SYS_futex, &word, 1 /* FUTEX_WAKE */, 1, nullptr, nullptr, 0);
}

TEST(AudioThreadWatch, Sees_an_extra_system_call_and_a_second_wake_of_the_real_audio_thread) {
  const Player player("completion=direct", call_and_wake);
  const auto found = offences(watch(player));
  for (const int number : {SYS_getpid, SYS_futex})
    EXPECT_THAT(found, Contains(HasSubstr("system call " + std::to_string(number) + ":")));
}

}  // namespace
}  // namespace refwave::test
