#include "bench/benchmarks/common/machine.h"

#include <sys/utsname.h>
#include <time.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace refwave::bench {
namespace {

std::string first_line(const char* path) {
  std::string line;
  std::getline(std::ifstream(path), line);
  return line;
}

/// Returns: the first value of `key` in /proc/cpuinfo.
std::string processor(std::string_view key) {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with(key) && colon != std::string::npos) return line.substr(colon + 2);
  }
  return {};
}

}  // namespace

Cores cores() {
  static const Cores first = [] {  // before any thread is pinned
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    sched_getaffinity(0, sizeof allowed, &allowed);
    std::vector<int> found;
    for (int core = 0; core < CPU_SETSIZE && found.size() < 2; ++core)
      if (CPU_ISSET(core, &allowed)) found.push_back(core);
    return found.empty() ? Cores{} : Cores{found.front(), found.back()};
  }();
  return first;
}

bool pin_to(int core) {
  cores();
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(core, &one);
  return sched_setaffinity(0, sizeof one, &one) == 0;
}

OnAnyCore::OnAnyCore() {
  sched_getaffinity(0, sizeof before_, &before_);
  cpu_set_t all;
  CPU_ZERO(&all);
  for (std::size_t core = 0; core < CPU_SETSIZE; ++core) CPU_SET(core, &all);
  sched_setaffinity(0, sizeof all, &all);  // the system leaves out cores that do not exist
}

OnAnyCore::~OnAnyCore() { sched_setaffinity(0, sizeof before_, &before_); }

std::vector<int> threads_named(std::string_view name) {
  std::vector<int> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task"))
    if (first_line((entry.path() / "comm").c_str()) == name)
      found.push_back(std::stoi(entry.path().filename().string()));
  return found;
}

void pin_threads(std::string_view name, int core) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(core, &one);
  for (const int thread : threads_named(name)) sched_setaffinity(thread, sizeof one, &one);
}

std::int64_t time_ns_of(std::string_view name) {
  std::int64_t sum = 0;
  for (const int thread : threads_named(name)) {
    // The same value as pthread_getcpuclockid(), which needs a pthread_t.
    const auto clock = static_cast<clockid_t>((~static_cast<unsigned>(thread) << 3U) | 6U);
    timespec time{};
    clock_gettime(clock, &time);
    sum += std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  }
  return sum;
}

bool become_realtime() {
  constexpr sched_param kAsTheDriver{.sched_priority = 20};
  return sched_setscheduler(0, SCHED_FIFO, &kAsTheDriver) == 0;
}

std::string machine_line() {
  utsname system{};
  uname(&system);
  std::string governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (governor.empty()) governor = "none";
  const bool is_virtual = (" " + processor("flags") + " ").find(" hypervisor ") != std::string::npos;
  const std::string load = first_line("/proc/loadavg");
  std::ostringstream line;
  line << std::thread::hardware_concurrency() << " × " << processor("model name")
       << (is_virtual ? ", virtual" : "") << ", Linux " << system.release << ", governor " << governor
       << ", load " << load.substr(0, load.find(' '));
  return line.str();
}

}  // namespace refwave::bench
