#include "bench/trace/driver_trace.h"

#include "inf/cli/console/failure.h"

namespace refwave::trace {
namespace {

constexpr const char* kNoTrace =
    "this driver keeps no trace, only refwave.drv does; `refwave latency --driver FILE` measures any driver";

}  // namespace

DriverTrace::DriverTrace(HDRVR driver, std::uint32_t kinds) : driver_(driver), batch_(16'384) {
  const LRESULT result = SendDriverMessage(driver_, REFWAVE_TRACE_START, static_cast<LPARAM>(kinds), 0);
  if (result == MMSYSERR_NOMEM)
    throw cli::Failure("the driver cannot trace: no memory; close other programs and try again");
  if (result != MMSYSERR_NOERROR) throw cli::Failure(kNoTrace);
}

DriverTrace::~DriverTrace() { SendDriverMessage(driver_, REFWAVE_TRACE_STOP, 0, 0); }

void DriverTrace::read(std::vector<REFWAVE_TRACE_EVENT>& events) {
  constexpr ULONGLONG kUntouched = ~ULONGLONG{0};
  REFWAVE_TRACE_BATCH batch{};
  do {
    batch = {.cbSize = sizeof batch,
             .cbEvent = sizeof(REFWAVE_TRACE_EVENT),
             .dwRoom = static_cast<DWORD>(batch_.size()),
             .dwEvents = 0,
             .ullLost = kUntouched,
             .pEvents = batch_.data()};
    SendDriverMessage(driver_, REFWAVE_TRACE_READ, reinterpret_cast<LPARAM>(&batch), 0);
    // Another driver may answer a message that it does not know.
    if (batch.ullLost == kUntouched) throw cli::Failure(kNoTrace);
    events.insert(events.end(), batch_.begin(), batch_.begin() + batch.dwEvents);
  } while (batch.dwEvents == batch.dwRoom);
  lost_ = batch.ullLost;
}

}  // namespace refwave::trace
