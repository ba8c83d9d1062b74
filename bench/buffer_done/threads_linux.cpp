#include <sched.h>
#include <time.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "bench/buffer_done/threads.h"

namespace refwave::bench {

std::vector<int> threads_named(std::string_view name) {
  std::vector<int> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string line;
    std::getline(std::ifstream(entry.path() / "comm"), line);
    if (line == name) found.push_back(std::stoi(entry.path().filename().string()));
  }
  return found;
}

void pin_thread(int thread, int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(core), &set);
  sched_setaffinity(thread, sizeof set, &set);
}

std::int64_t thread_time_ns(int thread) {
  // The same value as pthread_getcpuclockid(), which needs a pthread_t.
  const auto clock = static_cast<clockid_t>((~static_cast<unsigned>(thread) << 3U) | 6U);
  timespec time{};
  clock_gettime(clock, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

OnAnyCore::OnAnyCore() : before_(sizeof(cpu_set_t) / sizeof(std::uint64_t)) {
  auto* set = reinterpret_cast<cpu_set_t*>(before_.data());
  sched_getaffinity(0, sizeof *set, set);
  cpu_set_t all;
  CPU_ZERO(&all);
  for (std::size_t core = 0; core < CPU_SETSIZE; ++core) CPU_SET(core, &all);
  sched_setaffinity(0, sizeof all, &all);  // the system leaves out cores that do not exist
}

OnAnyCore::~OnAnyCore() {
  sched_setaffinity(0, sizeof(cpu_set_t), reinterpret_cast<cpu_set_t*>(before_.data()));
}

}  // namespace refwave::bench
