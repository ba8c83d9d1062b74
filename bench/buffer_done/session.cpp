#include "bench/buffer_done/session.h"

#include <winmm_host.h>

#include <stdexcept>

#include "bench/buffer_done/threads.h"

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

double Session::trace_cost_ns() const {
  return static_cast<double>(SendDriverMessage(driver_, REFWAVE_TRACE_COST, 1, 0)) / 1'000;
}

void Session::step(std::uint32_t periods) const {
  SendDriverMessage(driver_, REFWAVE_STEP, static_cast<LPARAM>(periods), 0);
}

}  // namespace refwave::bench
