#include "bench/benchmarks/buffer_done/session.h"

#include <time.h>
#include <winmm_host.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace refwave::bench {

Session::Session(const std::string& settings) {
  const OnAnyCore threads_too;
  winmm_host_register_driver("wave", ("\"" REFWAVE_DRIVER_FILE "\" " + settings).c_str());
  if (waveOutGetNumDevs() == 0)
    throw std::runtime_error(std::string("no wave device: ") + winmm_host_last_error());
  driver_ = OpenDriver(u"wave", u"drivers32", 0);
  if (driver_ == nullptr)
    throw std::runtime_error(std::string("refwave.drv does not open: ") + winmm_host_last_error());
}

Session::~Session() {
  trace_.reset();
  CloseDriver(driver_, 0, 0);
  winmm_host_unload_wave_drivers();
}

REFWAVE_STATISTICS Session::statistics() const {
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof statistics;
  SendDriverMessage(driver_, REFWAVE_GET_STATISTICS, reinterpret_cast<LPARAM>(&statistics), 0);
  return statistics;
}

void Session::start_trace(std::uint32_t kinds) {
  trace_.reset();
  trace_.emplace(driver_, kinds);
}

bool Session::read_trace(std::vector<REFWAVE_TRACE_EVENT>& events) {
  if (!trace_) return true;
  trace_->read(events);
  return trace_->lost() == 0;
}

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

OnAnyCore::OnAnyCore() {
  sched_getaffinity(0, sizeof before_, &before_);
  cpu_set_t all;
  CPU_ZERO(&all);
  for (std::size_t core = 0; core < CPU_SETSIZE; ++core) CPU_SET(core, &all);
  sched_setaffinity(0, sizeof all, &all);  // the system leaves out cores that do not exist
}

OnAnyCore::~OnAnyCore() { sched_setaffinity(0, sizeof before_, &before_); }

}  // namespace refwave::bench
