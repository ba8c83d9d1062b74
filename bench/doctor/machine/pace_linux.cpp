// Governor, clock source, timers and load, from /proc and /sys.
#include <sys/prctl.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "bench/doctor/machine/lateness.h"
#include "bench/doctor/machine/machine.h"
#include "bench/latency/surroundings.h"

namespace refwave::doctor {
namespace {

namespace fs = std::filesystem;

std::string line_in(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

void read_governors(const fs::path& root, Pace& pace) {
  std::error_code error;
  const fs::path folder = root / "sys/devices/system/cpu";
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string governor = line_in(entry.path() / "cpufreq/scaling_governor");
    if (governor.empty()) continue;
    ++pace.governors[governor];
    pace.governor_driver = line_in(entry.path() / "cpufreq/scaling_driver");
  }
}

}  // namespace

Pace find_pace(const fs::path& root) {
  const auto begin = std::chrono::steady_clock::now();
  const latency::ProcessorTime before = latency::processor_time(root);
  Pace pace;
  read_governors(root, pace);
  pace.clock_source = line_in(root / "sys/devices/system/clocksource/clocksource0/current_clocksource");
  const int slack_ns = prctl(PR_GET_TIMERSLACK, 0UL, 0UL, 0UL, 0UL);
  if (slack_ns >= 0) pace.slack_ns = static_cast<std::uint64_t>(slack_ns);
  double load = 0;
  if (std::istringstream(line_in(root / "proc/loadavg")) >> load) pace.load = load;
  pace.processors = std::max(1U, std::thread::hardware_concurrency());
  pace.lateness_ns = lateness_of_sleeps();
  std::this_thread::sleep_until(begin + kBusyWindow);
  const latency::ProcessorTime after = latency::processor_time(root);
  if (const double wall = after.wall - before.wall; wall > 0) {
    pace.busy = (after.all - before.all) / wall;
    pace.stolen = (after.stolen - before.stolen) / wall;
  }
  return pace;
}

}  // namespace refwave::doctor
