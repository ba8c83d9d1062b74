// Every request of the system fails once: in a life of the driver (life.h) the n-th allocation, thread, call
// for a file or wait fails, for each n. The client asks again where it was refused. Nothing ends the program,
// hangs, loses a header, or leaks memory, a thread or a descriptor. Options: --kind NAME, --from N, --only N,
// --every N. SIMULATION_TRACE in the environment prints the stack of the request that failed.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <string>
#include <string_view>

#include "tests/simulation/failures/all_messages.h"
#include "tests/simulation/failures/injection.h"
#include "tests/simulation/failures/life.h"
#include "tests/simulation/simulation.h"
#include "tests/support/entries.h"
#include "tests/support/temporary_folder.h"

namespace refwave::simulation {
namespace {

Injected kind_now = Injected::memory;
std::uint64_t point_now = 0;

void print_point() {
  std::printf("  --kind %s --only %llu\n", name_of(kind_now), static_cast<unsigned long long>(point_now));
  std::fflush(stdout);
}

[[noreturn]] void report_end() {
  std::printf("found: the program ends\n");
  print_point();
  std::_Exit(EXIT_FAILURE);
}

void report_deadlock() {
  std::printf("found: no thread can go on, or the run does not end\n");
  print_point();
}

struct Options {
  std::string kind;
  std::uint64_t from = 1;
  std::uint64_t only = 0;
  std::uint64_t every = 1;
};

std::size_t descriptors() { return test::entries_in("/proc/self/fd"); }

/// Returns: how many requests of that kind a life makes at least. With fewer the proof would show nothing.
std::uint64_t least_points(Injected kind) {
  constexpr std::uint64_t least[] = {1'000, 10, 400, 400};
  static_assert(std::size(least) == static_cast<std::size_t>(Injected::count));
  return least[static_cast<std::size_t>(kind)];
}

/// Returns: whether the life with a failure at that point kept all promises.
bool live_with(Injected kind, std::uint64_t point, const std::string& folder, bool direct) {
  kind_now = kind;
  point_now = point;
  const std::int64_t blocks = blocks_alive();
  const std::size_t files = descriptors();
  arm(kind, point);
  std::string failure = live(folder, direct);
  if (failure.empty() && blocks_alive() != blocks)
    failure = std::to_string(blocks_alive() - blocks) + " allocations leaked";
  if (failure.empty() && descriptors() != files)
    failure = std::to_string(files) + " descriptors became " + std::to_string(descriptors());
  if (failure.empty() && point != 0 && !has_failed()) failure = "the life did not come to the point";
  if (failure.empty()) return true;
  std::printf("found: %s\n", failure.c_str());
  print_point();
  return false;
}

const char* mode_of(bool direct) { return direct ? "direct" : "deferred"; }

/// Effects: a life without a failure, in which the requests of that kind are counted. Returns: whether it
/// kept all promises, sent all messages and made enough requests.
bool count_points(Injected kind, const std::string& folder, bool direct) {
  // What stays for good is there after the first life.
  arm(kind, 0);
  live(folder, direct);
  if (!live_with(kind, 0, folder, direct)) return false;
  const std::string missing = messages_missing();
  if (!missing.empty()) std::printf("found: never sent: %s\n", missing.c_str());
  const bool enough = requests() >= least_points(kind);
  if (!enough)
    std::printf("found: %s: %llu points of the kind %s, and %llu are expected at least\n", mode_of(direct),
                static_cast<unsigned long long>(requests()), name_of(kind),
                static_cast<unsigned long long>(least_points(kind)));
  return missing.empty() && enough;
}

/// Returns: whether at least one life was tried, and all kept every promise.
bool try_kind(Injected kind, const Options& options, const std::string& folder, bool direct) {
  if (!count_points(kind, folder, direct)) return false;
  const std::uint64_t points = requests();
  std::uint64_t tried = 0;
  std::uint64_t kept = 0;
  // There are few threads, so each is tried.
  const std::uint64_t step = kind == Injected::thread ? 1 : options.every;
  for (std::uint64_t point = options.from; point <= points; point += step) {
    if (options.only != 0 && point != options.only) continue;
    ++tried;
    kept += live_with(kind, point, folder, direct) ? 1 : 0;
  }
  std::printf("%s, %s: %llu points, %llu tried, %llu lives kept every promise\n", mode_of(direct),
              name_of(kind), static_cast<unsigned long long>(points), static_cast<unsigned long long>(tried),
              static_cast<unsigned long long>(kept));
  // A point that is asked for may be in the other mode alone.
  const bool enough = tried != 0 || options.only != 0;
  if (!enough) std::printf("found: no point of the kind %s was tried\n", name_of(kind));
  return enough && kept == tried;
}

int run(const Options& options) {
  const TestCode test;
  std::set_terminate(report_end);
  on_deadlock(report_deadlock);
  const test::TemporaryFolder folder;
  unsetenv("REFWAVE_LOG");  // it would come before the log of the settings
  int kinds = 0;
  bool all_kept = true;
  for (const bool direct : {false, true}) {
    for (int i = 0; i < static_cast<int>(Injected::count); ++i) {
      const auto kind = static_cast<Injected>(i);
      if (!options.kind.empty() && options.kind != name_of(kind)) continue;
      ++kinds;
      all_kept = try_kind(kind, options, (folder / "").string(), direct) && all_kept;
    }
  }
  if (kinds == 0) std::printf("there is no kind %s\n", options.kind.c_str());
  return kinds != 0 && all_kept ? 0 : 1;
}

}  // namespace
}  // namespace refwave::simulation

int main(int count, char** arguments) try {
  refwave::simulation::Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    if (name == "--kind") options.kind = arguments[i + 1];
    if (name == "--from") options.from = std::strtoull(arguments[i + 1], nullptr, 10);
    if (name == "--every") options.every = std::strtoull(arguments[i + 1], nullptr, 10);
    if (name == "--only") options.only = std::strtoull(arguments[i + 1], nullptr, 10);
  }
  return refwave::simulation::run(options);
} catch (const std::exception& error) {
  std::printf("%s\n", error.what());
  return 1;
}
