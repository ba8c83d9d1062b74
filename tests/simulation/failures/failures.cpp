// Every request of the system fails once: in a life of the driver (life.h) the n-th allocation, thread, call
// for a file or wait fails, for each n. The client asks again where it was refused. Nothing ends the program,
// hangs, loses a header, or leaks memory, a thread or a descriptor. Options: --kind NAME, --only N, --every
// N. SIMULATION_TRACE in the environment prints the stack of the request that failed.
#include <cstdlib>
#include <exception>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

#include "tests/simulation/failures/injection.h"
#include "tests/simulation/failures/life.h"
#include "tests/simulation/simulation.h"
#include "tests/support/entries.h"
#include "tests/support/temporary_folder.h"

namespace refwave::simulation {
namespace {

Injected kind_now = Injected::memory;
std::uint64_t point_now = 0;

void report(const std::string& failure) {
  std::cout << "found: " << failure << "\n  --kind " << name_of(kind_now) << " --only " << point_now
            << std::endl;
}

[[noreturn]] void report_end() {
  report("the program ends");
  std::_Exit(EXIT_FAILURE);
}

struct Options {
  std::string kind;
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
  report(failure);
  return false;
}

/// Effects: a life without a failure, in which the requests of that kind are counted. Returns: whether it
/// kept all promises, sent all messages and made enough requests.
bool count_points(Injected kind, const std::string& folder, bool direct) {
  // What stays for good is there after the first life.
  arm(kind, 0);
  live(folder, direct);
  if (!live_with(kind, 0, folder, direct)) return false;
  const std::string missing = messages_missing();
  if (!missing.empty()) report("never sent:" + missing);
  const bool enough = requests() >= least_points(kind);
  if (!enough) report("only " + std::to_string(requests()) + " points");
  return missing.empty() && enough;
}

/// Effects: tries lives until one breaks a promise. Returns: whether all kept every promise.
bool try_kind(Injected kind, const Options& options, const std::string& folder, bool direct) {
  if (!count_points(kind, folder, direct)) return false;
  const std::uint64_t points = requests();
  // There are few threads, so each is tried.
  const std::uint64_t step = kind == Injected::thread ? 1 : options.every;
  for (std::uint64_t point = 1; point <= points; point += step) {
    if (options.only != 0 && point != options.only) continue;
    if (!live_with(kind, point, folder, direct)) return false;
  }
  std::cout << name_of(kind) << ", " << (direct ? "direct" : "deferred") << ": " << points
            << " points, one in " << step << " tried\n";
  return true;
}

int run(const Options& options) {
  const TestCode test;
  std::set_terminate(report_end);
  on_deadlock([] { report("no thread can go on, or the run does not end"); });
  const test::TemporaryFolder folder;
  unsetenv("REFWAVE_LOG");  // it would come before the log of the settings
  int kinds = 0;
  for (const bool direct : {false, true}) {
    for (int i = 0; i < static_cast<int>(Injected::count); ++i) {
      const auto kind = static_cast<Injected>(i);
      if (!options.kind.empty() && options.kind != name_of(kind)) continue;
      ++kinds;
      if (!try_kind(kind, options, (folder / "").string(), direct)) return 1;
    }
  }
  if (kinds == 0) std::cout << "there is no kind " << options.kind << "\n";
  return kinds != 0 ? 0 : 1;
}

}  // namespace
}  // namespace refwave::simulation

int main(int count, char** arguments) {
  refwave::simulation::Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    if (name == "--kind") options.kind = arguments[i + 1];
    if (name == "--every") options.every = std::strtoull(arguments[i + 1], nullptr, 10);
    if (name == "--only") options.only = std::strtoull(arguments[i + 1], nullptr, 10);
  }
  return refwave::simulation::run(options);
}
