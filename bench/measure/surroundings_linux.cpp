#include <pthread.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <numeric>
#include <thread>

#include "bench/measure/surroundings.h"
#include "driver/configuration/version.h"
#include "inf/cli/console/text.h"

namespace refwave::measure {
namespace {

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return {};
}

/// As setlocale() chooses, but by the name alone: the locale need not be installed for the terminal to be set
/// to it.
bool names_utf8() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value == nullptr || *value == '\0') continue;
    const std::string name = cli::lower(value);
    return name.find("utf-8") != std::string::npos || name.find("utf8") != std::string::npos;
  }
  return false;
}

double seconds_of(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace

Run begin_run() {
  utsname name{};
  ::uname(&name);
  return {.version = std::string(configuration::version()),
          .began = cli::utc_now(),
          .machine = {std::string(name.sysname) + " " + name.release, processor(),
                      std::thread::hardware_concurrency()}};
}

/// The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal, in ticks.
ProcessorTime processor_time() {
  std::ifstream stat("/proc/stat");
  std::string name;
  stat >> name;
  std::array<double, 8> ticks{};
  for (double& each : ticks) stat >> each;
  const double second = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const double all = std::accumulate(ticks.begin(), ticks.end(), 0.0) / second;
  const double idle = (ticks[3] + ticks[4]) / second;
  return {all - idle, seconds_of(CLOCK_PROCESS_CPUTIME_ID), all};
}

double thread_seconds() { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }

void print(const std::string& text, std::FILE* to) {
  std::fputs(names_utf8() ? text.c_str() : cli::plain(text).c_str(), to);
  std::fflush(to);
}

void become_realtime() {
  constexpr sched_param kAsTheDriver{.sched_priority = 20};
  pthread_setschedparam(pthread_self(), SCHED_FIFO, &kAsTheDriver);
}

}  // namespace refwave::measure
