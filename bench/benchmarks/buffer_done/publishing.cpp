// What it costs to publish 64 streams for `refwave watch`: the processor time of the supervisor, which takes
// over what is counted, and of the publishing thread, beside that of the supervisor alone.
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <thread>

#include "bench/benchmarks/buffer_done/clients.h"
#include "bench/benchmarks/buffer_done/path.h"
#include "bench/benchmarks/buffer_done/session.h"
#include "bench/benchmarks/common/samples.h"

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
    std::vector<int> threads = threads_named("refwave-super");
    for (const int thread : threads_named("refwave-watch")) threads.push_back(thread);
    const auto used_ns = [&] {
      std::int64_t sum_ns = 0;
      for (const int thread : threads) sum_ns += thread_time_ns(thread);
      return sum_ns;
    };
    const std::int64_t begun_ns = now_ns();
    const std::int64_t before_ns = used_ns();
    for (auto _ : state) std::this_thread::sleep_for(kNap);
    state.counters["core_percent"] =
        100.0 * static_cast<double>(used_ns() - before_ns) / static_cast<double>(now_ns() - begun_ns);
    std::error_code missing;
    if (watch == "on" && (std::filesystem::is_empty(folder + "/refwave", missing) || missing))
      state.SkipWithError("nothing is published");
  }
  std::filesystem::remove_all(folder);
}

}  // namespace

void register_publishing() {
  for (const char* const watch : {"on", "off"})
    add_events("publishing/streams:64/watch:" + std::string(watch),
               [watch](benchmark::State& state) { measure(state, watch); });
}

}  // namespace refwave::bench
