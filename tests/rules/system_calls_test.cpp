// The live audio thread's system calls while sixteen streams play in real time: the sleep until the next
// period, which is the clocked device's, and one wake a period. Nothing else.
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <winmm_host.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <list>
#include <stdexcept>
#include <thread>

#include "inf/cli/wave_client/wave_out.h"
#include "tests/rules/system_calls_linux.h"
#include "tests/support/eventually.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr milliseconds kWatch{2'000};
constexpr milliseconds kPatience{10'000};
constexpr unsigned kLongestSeconds = 60;
constexpr const char* kAudioThread = "refwave-audio";

using dsp::SampleType;
constexpr std::array<dsp::Format, 8> kFormats = {{{SampleType::u8, 1},
                                                  {SampleType::s16, 2},
                                                  {SampleType::s24, 2},
                                                  {SampleType::s32, 2},
                                                  {SampleType::s16, 1, 44'100},
                                                  {SampleType::s16, 2},
                                                  {SampleType::u8, 2},
                                                  {SampleType::s16, 2}}};
constexpr std::size_t kBlocks = 4;
constexpr std::size_t kBlockFrames = 397;  // a prime number, so that ends fall anywhere in a period

/// A program that plays sixteen streams of mixed formats through refwave.drv on the clocked device, in real
/// time: each callback queues its header again.
class SixteenStreams {
 public:
  /// What a client's callback does besides queueing its header again. Thread: whichever DriverCallback runs
  /// on.
  using Extra = void (*)();

  /// `settings`: added to the string of DRV_OPEN. Errors: std::runtime_error.
  explicit SixteenStreams(const std::string& settings, Extra extra = nullptr);
  ~SixteenStreams() {
    streams_.clear();
    winmm_host_unload_wave_drivers();
  }

  /// Returns: callbacks of the audio thread so far.
  std::uint64_t periods() const {
    return streams_.front().statistics().value_or(REFWAVE_STATISTICS{}).ullPeriods;
  }

 private:
  cli::BlockQueue::Semaphore nobody_;  // waits for a block
  std::list<cli::WaveOut> streams_;
};

SixteenStreams::SixteenStreams(const std::string& settings, Extra extra) {
  const std::string command = "\"" DRIVER_FILE "\" device=clocked; clock=1; " + settings;
  winmm_host_register_driver("wave", command.c_str());
  for (std::size_t i = 0; i < 16; ++i) {
    cli::WaveOut& stream =
        streams_.emplace_back(kFormats[i % kFormats.size()], kBlocks, kBlockFrames, nobody_);
    if (extra != nullptr) stream.at_end_of_callback = [extra](const WAVEHDR*, std::int64_t) { extra(); };
    if (const MMRESULT result = stream.open(); result != MMSYSERR_NOERROR)
      throw std::runtime_error("waveOutOpen: error " + std::to_string(result));
    for (cli::Block& block : stream.queue().blocks()) std::ranges::fill(block.memory, std::byte{0x11});
    stream.repeat();
  }
}

pid_t thread_named(pid_t process, const std::string& name) {
  std::error_code error;
  const std::filesystem::path tasks = "/proc/" + std::to_string(process) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks, error)) {
    std::string found;
    std::getline(std::ifstream(task.path() / "comm"), found);
    if (found == name) return static_cast<pid_t>(std::stol(task.path().filename()));
  }
  return 0;
}

/// Returns: the thread of that process and name; 0 if none appears within `patience`.
pid_t find_thread(pid_t process, const std::string& name, std::chrono::milliseconds patience) {
  pid_t thread = 0;
  eventually([&] { return (thread = thread_named(process, name)) != 0; }, patience);
  return thread;
}

/// What the test and its child process both see.
struct Shared {
  std::atomic<std::uint64_t> periods{0};
  std::atomic<unsigned> asked{0};     // for the number of periods now
  std::atomic<unsigned> answered{0};  // periods is at least that new
  std::atomic<bool> stop{false};
};

/// A copy of this program that plays, so that it can be watched from outside.
class Child {
 public:
  /// `play` runs in the child until Shared::stop, and counts periods.
  explicit Child(const std::function<void(Shared&)>& play)
      : shared_(*new (
            mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) Shared),
        process_(fork()) {
    if (process_ != 0) return;
    alarm(kLongestSeconds);
    try {
      play(shared_);
      _exit(0);
    } catch (const std::exception& problem) {
      std::fprintf(stderr, "child: %s\n", problem.what());
      _exit(1);
    }
  }
  ~Child() {
    shared_.stop = true;
    int status = 0;
    waitpid(process_, &status, 0);
    EXPECT_EQ(status, 0) << "the playing child did not end well";
    munmap(&shared_, sizeof(Shared));
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t process() const { return process_; }
  /// Returns: the child's periods by now, counted after the call.
  std::uint64_t periods() const {
    const unsigned question = ++shared_.asked;
    EXPECT_TRUE(eventually([&] { return shared_.answered >= question; }, kPatience));
    return shared_.periods;
  }

 private:
  Shared& shared_;
  const pid_t process_;
};

struct Watched {
  SystemCalls calls;
  std::uint64_t periods = 0;
};

/// Returns: what the child's audio thread did, once it is well under way.
Watched watch(const Child& child) {
  Watched watched;
  const pid_t thread = find_thread(child.process(), kAudioThread, kPatience);
  EXPECT_NE(thread, 0) << "there is no thread " << kAudioThread;
  if (thread == 0 || !eventually([&] { return child.periods() > 20; }, kPatience)) return watched;
  const std::uint64_t before = child.periods();
  watched.calls = count_system_calls(thread, kWatch);
  watched.periods = child.periods() - before;
  return watched;
}

/// Returns: what is against the rule, one line each.
std::vector<std::string> offences(const Watched& watched) {
  constexpr unsigned kSlack = 1;  // the sleep that the tracer interrupted is begun again
  std::vector<std::string> found;
  for (const auto& [number, count] : watched.calls.count) {
    const bool one_a_period = number == SYS_clock_nanosleep || number == SYS_futex;
    const std::string what = "system call " + std::to_string(number) + ": " + std::to_string(count) + " in " +
                             std::to_string(watched.periods) + " periods";
    if (!one_a_period || count > watched.periods + kSlack) found.push_back(what);
  }
  return found;
}

void play_sixteen(Shared& shared, const std::string& settings, SixteenStreams::Extra extra) {
  setenv("REFWAVE_CONFIG", "/dev/null", 1);
  const SixteenStreams streams("period=128; " + settings, extra);
  while (!shared.stop) {
    const unsigned question = shared.asked;
    shared.periods = streams.periods();
    shared.answered = question;
    std::this_thread::sleep_for(milliseconds(1));
  }
}

void print(const Watched& watched) {
  for (const auto& [number, count] : watched.calls.count)
    std::printf("system call %ld: %u in %llu periods\n", number, count,
                static_cast<unsigned long long>(watched.periods));
}

class AudioThread : public testing::TestWithParam<std::string> {};

TEST_P(AudioThread, Sleeps_and_wakes_once_a_period_and_makes_no_other_system_call) {
  const TemporaryFolder folder;
  // What it plays is published (refwave watch) meanwhile.
  setenv("XDG_RUNTIME_DIR", folder.path().c_str(), 1);
  const Child child([](Shared& shared) { play_sixteen(shared, "wake=" + GetParam(), nullptr); });
  Watched watched = watch(child);
  print(watched);
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
  const Child child([](Shared& shared) { play_sixteen(shared, "completion=direct", call_and_wake); });
  const auto found = offences(watch(child));
  for (const int number : {SYS_getpid, SYS_futex})
    EXPECT_THAT(found, Contains(HasSubstr("system call " + std::to_string(number) + ":")));
}

}  // namespace
}  // namespace refwave::test
