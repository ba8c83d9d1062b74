// Faults by schedule. Options: --schedules N, --seed N (the first). A schedule that breaks a promise is
// printed with its seed, and --schedules 1 --seed N repeats it; with SIMULATION_LOG in the environment, a
// path, the driver tells there what it decides. --most N: so many broken promises are printed, not only the
// first.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/simulation/faulty_backend.h"
#include "tests/simulation/schedule.h"

namespace refwave::simulation {
namespace {

std::uint64_t seed_in_progress = 0;

void report_deadlock() {
  std::printf("found: no thread can go on\n  --schedules 1 --seed %llu: %s\n",
              static_cast<unsigned long long>(seed_in_progress),
              settings_of_schedule(seed_in_progress).c_str());
}

void report(const ScheduleCounts& counts, std::uint64_t schedules, double seconds) {
  const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  const DeviceCounts& devices = device_counts();
  std::printf("%llu schedules, %llu streams (%llu at most), %.1f simulated hours, %.1f s\n",
              number(schedules), number(counts.streams), number(counts.most_streams),
              static_cast<double>(counts.simulated_ns) / 3.6e12, seconds);
  std::printf("devices: %llu opened, %llu refusals, %llu hangs, %llu losses, %llu silences; paces",
              number(devices.opens), number(devices.refusals), number(devices.hangs), number(devices.losses),
              number(devices.silences));
  for (const std::uint64_t pace : devices.paces) std::printf(" %llu", number(pace));
  std::printf(
      "\n%llu pages met, %llu stops, %llu resets; headers: %llu written, %llu told, the latest %lld ms late, "
      "%lld ms after several faults; the longest reset took %lld ms\n",
      number(counts.pages), number(counts.stops), number(counts.resets), number(counts.tally.written),
      number(counts.tally.told), static_cast<long long>(counts.tally.latest_ns / kMs),
      static_cast<long long>(counts.tally.latest_of_several_ns / kMs),
      static_cast<long long>(counts.tally.longest_reset_ns / kMs));
}

int run(std::uint64_t schedules, std::uint64_t first, std::uint64_t most) {
  const TestCode test;
  ScheduleCounts counts;
  on_deadlock(report_deadlock);
  const double begin = real_seconds();
  std::uint64_t broken = 0;
  for (seed_in_progress = first; seed_in_progress < first + schedules; ++seed_in_progress) {
    const std::string failure = run_schedule(seed_in_progress, counts);
    if (failure.empty()) continue;
    std::printf("found: %s\n  --schedules 1 --seed %llu: %s\n", failure.c_str(),
                static_cast<unsigned long long>(seed_in_progress),
                settings_of_schedule(seed_in_progress).c_str());
    std::fflush(stdout);
    if (++broken == most) return 1;
  }
  report(counts, schedules, real_seconds() - begin);
  return broken == 0 && counts.tally.told == counts.tally.written ? 0 : 1;
}

}  // namespace
}  // namespace refwave::simulation

int main(int count, char** arguments) {
  std::uint64_t schedules = 300;
  std::uint64_t seed = 1;
  std::uint64_t most = 1;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::uint64_t value = std::strtoull(arguments[i + 1], nullptr, 10);
    if (std::string_view(arguments[i]) == "--schedules") schedules = value;
    if (std::string_view(arguments[i]) == "--seed") seed = value;
    if (std::string_view(arguments[i]) == "--most") most = value;
  }
  return refwave::simulation::run(schedules, seed, most);
}
