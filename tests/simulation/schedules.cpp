// Faults by schedule. Options: --schedules N, --seed N (the first), --sessions N (of each). A schedule that
// breaks a promise is printed with the options that repeat it. SIMULATION_LOG in the environment is the path
// of the driver's log.
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "tests/simulation/schedule.h"

namespace refwave::simulation {
namespace {

std::uint64_t seed_in_progress = 0;
std::size_t sessions = 1;

void report(const std::string& failure) {
  std::cout << "found: " << failure << "\n  --schedules 1 --sessions " << sessions << " --seed "
            << seed_in_progress << ": " << settings_of_schedule(seed_in_progress) << std::endl;
}

int run(std::uint64_t schedules, std::uint64_t first) {
  const TestCode test;
  Tally tally;
  on_deadlock([] { report("no thread can go on"); });
  for (seed_in_progress = first; seed_in_progress < first + schedules; ++seed_in_progress) {
    const std::string failure = run_schedule(seed_in_progress, tally, sessions);
    if (failure.empty()) continue;
    report(failure);
    return 1;
  }
  std::cout << schedules << " schedules, " << tally.done << " headers, the latest " << tally.latest_ns / kMs
            << " ms late, " << tally.latest_of_several_ns / kMs << " ms after several faults\n";
  return tally.done == tally.written ? 0 : 1;
}

}  // namespace
}  // namespace refwave::simulation

int main(int count, char** arguments) {
  std::uint64_t schedules = 300;
  std::uint64_t seed = 1;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::uint64_t value = std::strtoull(arguments[i + 1], nullptr, 10);
    if (std::string_view(arguments[i]) == "--schedules") schedules = value;
    if (std::string_view(arguments[i]) == "--seed") seed = value;
    if (std::string_view(arguments[i]) == "--sessions") refwave::simulation::sessions = value;
  }
  return refwave::simulation::run(schedules, seed);
}
