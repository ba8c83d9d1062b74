// The audio callback at its pace, the notifier asleep on the other core: its time, by streams and period,
// with the wake that it ends with; and its system calls.
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <thread>

#include "bench/benchmarks/common/machine.h"
#include "bench/benchmarks/common/samples.h"
#include "bench/benchmarks/mixer/busy_streams.h"

namespace refwave::bench {
namespace {

/// Audio callbacks at the pace of a playing device, with a notifier asleep on the other core.
class Periods {
 public:
  /// Effects: starts the notifier on the far core. `streams`, `period_frames`: as BusyStreams'.
  Periods(std::size_t streams, std::uint32_t period_frames);
  ~Periods();

  /// Effects: sleeps until the next period begins. One system call.
  void wait() noexcept;
  /// Effects: the audio callback, which wakes the notifier at its end.
  void render() noexcept { streams_.render(); }

  /// Returns: blocks whose streams were notified.
  std::uint64_t answered() const noexcept { return answered_.load(std::memory_order_relaxed); }

 private:
  void notify();

  BusyStreams streams_;
  const std::int64_t period_ns_;
  std::int64_t next_ns_;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> answered_{0};
  std::thread notifier_;
};

Periods::Periods(std::size_t streams, std::uint32_t period_frames)
    : streams_(streams, period_frames),
      period_ns_(std::int64_t{1'000'000'000} * period_frames / kDevice.rate),
      next_ns_(now_ns()),
      notifier_([this] { notify(); }) {}

Periods::~Periods() {
  stop_.store(true, std::memory_order_relaxed);
  streams_.waker().wake_one();
  notifier_.join();
}

void Periods::wait() noexcept {
  next_ns_ += period_ns_;
  timespec next{};
  next.tv_sec = next_ns_ / 1'000'000'000;
  next.tv_nsec = next_ns_ % 1'000'000'000;
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, nullptr);
}

void Periods::notify() {
  pin_to(cores().far);
  while (!stop_.load(std::memory_order_relaxed)) {
    streams_.waker().sleep_until_role();
    do {
      answered_.fetch_add(streams_.answer(), std::memory_order_relaxed);
      streams_.waker().give_up_role();
    } while (streams_.any_ready() && streams_.waker().take_role());
  }
}

constexpr long kMark = SYS_getppid;  // a system call that audio threads do not make
constexpr int kSystemCallStop = SIGTRAP | 0x80;
constexpr unsigned kLongestSeconds = 30;

/// Returns: the number of the system call that the stopped thread is about to make; -1 if it is coming out of
/// one.
long entered(pid_t thread) {
  __ptrace_syscall_info info{};
  const auto size = reinterpret_cast<void*>(sizeof info);
  if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, size, &info) < 0) return -1;
  return info.op == PTRACE_SYSCALL_INFO_ENTRY ? static_cast<long>(info.entry.nr) : -1;
}

[[noreturn]] void run_traced(const std::function<void(const std::function<void()>&)>& work) {
  alarm(kLongestSeconds);
  if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) < 0) _exit(1);
  raise(SIGSTOP);
  work([] { syscall(kMark); });
  _exit(0);
}

/// Returns: what the stopped child's thread calls between its marks; nothing if it ends before the second.
std::optional<long> follow(pid_t child) {
  long calls = 0;
  int marks = 0;
  int status = 0;
  ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  for (int signal = 0;;) {
    if (ptrace(PTRACE_SYSCALL, child, nullptr, signal) < 0) return std::nullopt;
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return std::nullopt;
    signal = WSTOPSIG(status) == kSystemCallStop ? 0 : WSTOPSIG(status);
    const long number = signal == 0 ? entered(child) : -1;
    if (number == kMark && ++marks == 2) return calls;
    if (marks == 1 && number >= 0 && number != kMark && number != SYS_clock_nanosleep) ++calls;
  }
}

/// Effects: runs `work(mark)` in a child process, on a core of its own choice. `work` calls `mark()` where
/// the counting begins, and again where it ends. Returns: the system calls of the thread that ran it,
/// between the two marks. clock_nanosleep is left out, because it stands for the device. Nothing, where the
/// system permits no tracing. Must be called while the process has one thread.
std::optional<long> count_system_calls(const std::function<void(const std::function<void()>& mark)>& work) {
  const pid_t child = fork();
  if (child < 0) return std::nullopt;
  if (child == 0) run_traced(work);
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return std::nullopt;
  const auto calls = follow(child);
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  return calls;
}

constexpr int kCountedPeriods = 50;

void report_system_calls(benchmark::State& state, std::size_t streams, std::uint32_t period) {
  static std::map<std::pair<std::size_t, std::uint32_t>, std::optional<long>>
      known;  // a benchmark runs several times
  const auto [place, is_new] = known.try_emplace({streams, period});
  if (is_new) {
    place->second = count_system_calls([&](const std::function<void()>& mark) {
      Periods periods(streams, period);
      for (int i = 0; i <= kCountedPeriods; ++i) {
        periods.wait();
        if (i == 0) mark();
        periods.render();
      }
      mark();
    });
  }
  if (place->second)
    state.counters["system_calls"] = static_cast<double>(*place->second) / (kCountedPeriods + 1);
  else
    state.SetLabel("system calls: n/a");
}

void audio_callback(benchmark::State& state, const std::string& name, std::size_t streams,
                    std::uint32_t period) {
  report_system_calls(state, streams, period);
  Periods periods(streams, period);
  Samples samples(name, most_iterations(state));
  for (auto _ : state) {
    periods.wait();
    samples.add(loop_ns(1, [&] { periods.render(); }));
  }
  samples.report(state);
  constexpr int kSoon = 10;  // the notifier answers while the next period is rendered
  if (state.iterations() > kSoon && periods.answered() == 0) state.SkipWithError("no block was done");
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave::bench;
  for (const std::size_t streams : {1U, 8U, 64U}) {
    for (const std::uint32_t period : {64U, 480U}) {
      add_events("audio_callback/streams:" + std::to_string(streams) + "/period:" + std::to_string(period),
                 [streams, period](benchmark::State& state, const std::string& name) {
                   audio_callback(state, name, streams, period);
                 });
    }
  }
  return run(argc, argv);
}
