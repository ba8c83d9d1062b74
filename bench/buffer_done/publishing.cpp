// What it costs to publish 64 streams for `refwave watch`: the processor time of the supervisor, who writes
// the record, and of the same thread without one.
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <thread>

#include "bench/buffer_done/clients.h"
#include "bench/buffer_done/path.h"
#include "bench/buffer_done/session.h"
#include "bench/common/samples.h"

namespace refwave::bench {
namespace {

void measure(benchmark::State& state, const std::string& watch) {
  constexpr std::chrono::milliseconds kNap{100};
  std::string folder = "/dev/shm/refwave-bench-XXXXXX";  // in memory, as the user's own folder is
  if (mkdtemp(folder.data()) == nullptr) return state.SkipWithError("no temporary folder");
  ::setenv("XDG_RUNTIME_DIR", folder.c_str(), 1);
  {
    const Session session("output=clocked; rate=48000; channels=2; period=480; watch=" + watch);
    std::optional<Clients> clients;
    {
      const OnAnyCore threads_too;
      clients.emplace(ClientOptions{.streams = 64});
    }
    while (clients->returns(0).count() < 20) std::this_thread::sleep_for(kNap);
    const int supervisor = threads_named("refwave-keeper").at(0);
    const std::int64_t begun_ns = now_ns();
    const std::int64_t before_ns = thread_time_ns(supervisor);
    for (auto _ : state) std::this_thread::sleep_for(kNap);
    state.counters["core_percent"] = 100.0 * static_cast<double>(thread_time_ns(supervisor) - before_ns) /
                                     static_cast<double>(now_ns() - begun_ns);
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
