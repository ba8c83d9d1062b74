// What it costs to publish 64 streams for `refwave watch`: the processor time in a tenth of a second of the
// supervisor, which copies what is counted, and of the publishing thread, beside that of the supervisor
// alone.
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "bench/benchmarks/buffer_done/clients.h"
#include "bench/benchmarks/common/samples.h"

namespace refwave::bench {
namespace {

constexpr std::size_t kSamples = 30;

std::vector<double> measure(const std::string& watch) {
  constexpr std::chrono::milliseconds kNap{100};
  std::string folder = "/dev/shm/refwave-bench-XXXXXX";  // in memory, as the user's own folder is
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
  ::setenv("XDG_RUNTIME_DIR", folder.c_str(), 1);
  std::vector<double> samples;
  bool is_published = false;
  {
    const auto session = load("output=clocked; rate=48000; channels=2; period=480; watch=" + watch);
    const Clients clients({.streams = 64});
    while (clients.returns(0).count() < 20) std::this_thread::sleep_for(kNap);
    const auto used_ns = [] { return time_ns_of({"refwave-super", "refwave-watch"}); };
    while (samples.size() < kSamples) {
      const std::int64_t before_ns = used_ns();
      std::this_thread::sleep_for(kNap);
      samples.push_back(static_cast<double>(used_ns() - before_ns));
    }
    std::error_code missing;
    is_published = !std::filesystem::is_empty(folder + "/refwave", missing) && !missing;
  }
  std::filesystem::remove_all(folder);
  if (is_published != (watch == "on")) throw std::runtime_error("published against what was asked for");
  return samples;
}

}  // namespace

void register_publishing() {
  for (const char* const watch : {"on", "off"})
    add_events(std::string("publishing/") + watch + "/x64", kSamples,
               [watch](benchmark::State&) { return measure(watch); });
}

}  // namespace refwave::bench
