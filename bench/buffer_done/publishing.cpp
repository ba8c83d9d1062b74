// What it costs to publish 64 streams for `refwave watch`: the processor time of the supervisor, who writes
// the record, and of the same thread without one; and the system calls of the audio thread.
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <thread>

#include "bench/buffer_done/clients.h"
#include "bench/buffer_done/path.h"
#include "bench/buffer_done/session.h"
#include "bench/common/samples.h"
#include "tests/support/system_calls_linux.h"

namespace refwave::bench {
namespace {

/// Returns: what the audio thread asks of the system in a period. They are counted by another process, which
/// slows it down. Negative: it may not count them.
double system_calls_a_period(const Session& session, double streams) {
  constexpr std::chrono::seconds kFor{1};
  const int thread = threads_named("refwave-audio").at(0);
  ::prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
  const std::uint64_t before = session.statistics().ullPeriods;
  int ends[2];
  if (::pipe(ends) != 0) return -1;
  const pid_t counter = ::fork();
  if (counter == 0) {
    const test::SystemCalls calls = test::count_system_calls(thread, kFor);
    double sum = calls.problem.empty() ? 0 : -1;
    for (const auto& [number, count] : calls.count) sum += count;
    ::_exit(::write(ends[1], &sum, sizeof sum) == sizeof sum ? 0 : 1);
  }
  double sum = -1;
  ::close(ends[1]);
  if (::read(ends[0], &sum, sizeof sum) != sizeof sum) sum = -1;
  ::close(ends[0]);
  ::waitpid(counter, nullptr, 0);
  return sum * streams / static_cast<double>(session.statistics().ullPeriods - before);
}

void measure(benchmark::State& state, const std::string& watch) {
  constexpr std::chrono::milliseconds kNap{100};
  constexpr unsigned kStreams = 64;
  std::string folder = "/dev/shm/refwave-bench-XXXXXX";  // in memory, as the user's own folder is
  if (mkdtemp(folder.data()) == nullptr) return state.SkipWithError("no temporary folder");
  ::setenv("XDG_RUNTIME_DIR", folder.c_str(), 1);
  {
    const Session session("output=clocked; rate=48000; channels=2; period=480; watch=" + watch);
    std::optional<Clients> clients;
    {
      const OnAnyCore threads_too;
      clients.emplace(ClientOptions{.streams = kStreams});
    }
    while (clients->returns(0).count() < 20) std::this_thread::sleep_for(kNap);
    const int supervisor = threads_named("refwave-keeper").at(0);
    const std::int64_t begun_ns = now_ns();
    const std::int64_t before_ns = thread_time_ns(supervisor);
    for (auto _ : state) std::this_thread::sleep_for(kNap);
    state.counters["core_percent"] = 100.0 * static_cast<double>(thread_time_ns(supervisor) - before_ns) /
                                     static_cast<double>(now_ns() - begun_ns);
    const double calls = system_calls_a_period(session, kStreams);
    if (calls < 0) state.SkipWithError("another process may not count the system calls of this one");
    state.counters["system_calls_a_period"] = calls;
  }
  std::filesystem::remove_all(folder);
}

}  // namespace

void register_publishing() {
  for (const char* const watch : {"on", "off"})
    add_events("publishing/streams:64/watch:" + std::string(watch),
               [watch](benchmark::State& state, const std::string&) { measure(state, watch); });
}

}  // namespace refwave::bench
