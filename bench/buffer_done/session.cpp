#include "bench/buffer_done/session.h"

#include <winmm_host.h>

#include <stdexcept>

#include "bench/buffer_done/threads.h"

namespace refwave::bench {

Session::Session(const std::string& settings) : batch_(1 << 14) {
  const OnAnyCore threads_too;
  winmm_host_register_driver("wave", ("\"" REFWAVE_DRIVER_FILE "\" " + settings).c_str());
  if (waveOutGetNumDevs() == 0)
    throw std::runtime_error(std::string("no wave device: ") + winmm_host_last_error());
  driver_ = OpenDriver(u"wave", u"drivers32", 0);
  if (driver_ == nullptr)
    throw std::runtime_error(std::string("refwave.drv does not open: ") + winmm_host_last_error());
}

Session::~Session() {
  CloseDriver(driver_, 0, 0);
  winmm_host_unload_wave_drivers();
}

REFWAVE_STATISTICS Session::statistics() const {
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof statistics;
  SendDriverMessage(driver_, REFWAVE_GET_STATISTICS, reinterpret_cast<LPARAM>(&statistics), 0);
  return statistics;
}

void Session::start_trace(std::uint32_t kinds) const {
  SendDriverMessage(driver_, REFWAVE_TRACE_START, static_cast<LPARAM>(kinds), 0);
}

bool Session::read_trace(std::vector<REFWAVE_TRACE_EVENT>& events) {
  REFWAVE_TRACE_BATCH batch{.cbSize = sizeof(REFWAVE_TRACE_BATCH),
                            .cbEvent = sizeof(REFWAVE_TRACE_EVENT),
                            .dwRoom = static_cast<DWORD>(batch_.size()),
                            .dwEvents = 0,
                            .ullLost = 0,
                            .pEvents = batch_.data()};
  do {
    SendDriverMessage(driver_, REFWAVE_TRACE_READ, reinterpret_cast<LPARAM>(&batch), 0);
    events.insert(events.end(), batch_.begin(), batch_.begin() + batch.dwEvents);
  } while (batch.dwEvents == batch.dwRoom);
  return batch.ullLost == 0;
}

double Session::trace_cost_ns() const {
  return static_cast<double>(SendDriverMessage(driver_, REFWAVE_TRACE_COST, 1, 0)) / 1'000;
}

void Session::step(std::uint32_t periods) const {
  SendDriverMessage(driver_, REFWAVE_STEP, static_cast<LPARAM>(periods), 0);
}

}  // namespace refwave::bench
