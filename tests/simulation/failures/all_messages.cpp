#include "tests/simulation/failures/all_messages.h"

#include <algorithm>
#include <iterator>

namespace refwave::simulation {
namespace {

struct Message {
  Entry entry;
  UINT number;
  const char* name;
  bool sent = false;
};

Message all[] = {
    {Entry::driver, DRV_LOAD, "DRV_LOAD"},
    {Entry::driver, DRV_ENABLE, "DRV_ENABLE"},
    {Entry::driver, DRV_OPEN, "DRV_OPEN"},
    {Entry::driver, DRV_CLOSE, "DRV_CLOSE"},
    {Entry::driver, DRV_DISABLE, "DRV_DISABLE"},
    {Entry::driver, DRV_FREE, "DRV_FREE"},
    {Entry::driver, DRV_CONFIGURE, "DRV_CONFIGURE"},
    {Entry::driver, DRV_QUERYCONFIGURE, "DRV_QUERYCONFIGURE"},
    {Entry::driver, DRV_INSTALL, "DRV_INSTALL"},
    {Entry::driver, DRV_REMOVE, "DRV_REMOVE"},
    {Entry::driver, DRV_EXITSESSION, "DRV_EXITSESSION"},
    {Entry::driver, DRV_POWER, "DRV_POWER"},
    {Entry::driver, DRV_PNPINSTALL, "DRV_PNPINSTALL"},
    {Entry::driver, REFWAVE_GET_STATISTICS, "REFWAVE_GET_STATISTICS"},
    {Entry::driver, REFWAVE_LIST_DEVICES, "REFWAVE_LIST_DEVICES"},
    {Entry::driver, REFWAVE_GET_WARNINGS, "REFWAVE_GET_WARNINGS"},
    {Entry::driver, REFWAVE_STEP, "REFWAVE_STEP"},
    {Entry::driver, REFWAVE_SETTLE, "REFWAVE_SETTLE"},
    {Entry::driver, REFWAVE_TRACE_START, "REFWAVE_TRACE_START"},
    {Entry::driver, REFWAVE_TRACE_STOP, "REFWAVE_TRACE_STOP"},
    {Entry::driver, REFWAVE_TRACE_READ, "REFWAVE_TRACE_READ"},
    {Entry::driver, REFWAVE_TRACE_COST, "REFWAVE_TRACE_COST"},
    {Entry::driver, REFWAVE_COUNT_WARNINGS, "REFWAVE_COUNT_WARNINGS"},
    {Entry::output, DRVM_INIT, "DRVM_INIT of an output"},
    {Entry::output, DRVM_EXIT, "DRVM_EXIT of an output"},
    {Entry::output, DRVM_ENABLE, "DRVM_ENABLE of an output"},
    {Entry::output, DRVM_DISABLE, "DRVM_DISABLE of an output"},
    {Entry::output, WODM_GETNUMDEVS, "WODM_GETNUMDEVS"},
    {Entry::output, WODM_GETDEVCAPS, "WODM_GETDEVCAPS"},
    {Entry::output, WODM_OPEN, "WODM_OPEN"},
    {Entry::output, WODM_CLOSE, "WODM_CLOSE"},
    {Entry::output, WODM_PREPARE, "WODM_PREPARE"},
    {Entry::output, WODM_UNPREPARE, "WODM_UNPREPARE"},
    {Entry::output, WODM_WRITE, "WODM_WRITE"},
    {Entry::output, WODM_PAUSE, "WODM_PAUSE"},
    {Entry::output, WODM_RESTART, "WODM_RESTART"},
    {Entry::output, WODM_RESET, "WODM_RESET"},
    {Entry::output, WODM_BREAKLOOP, "WODM_BREAKLOOP"},
    {Entry::output, WODM_GETPOS, "WODM_GETPOS"},
    {Entry::output, WODM_SETVOLUME, "WODM_SETVOLUME"},
    {Entry::output, WODM_GETVOLUME, "WODM_GETVOLUME"},
    {Entry::output, WODM_SETPLAYBACKRATE, "WODM_SETPLAYBACKRATE"},
    {Entry::output, WODM_GETPLAYBACKRATE, "WODM_GETPLAYBACKRATE"},
    {Entry::output, WODM_SETPITCH, "WODM_SETPITCH"},
    {Entry::output, WODM_GETPITCH, "WODM_GETPITCH"},
    {Entry::output, REFWAVE_GET_STATISTICS, "REFWAVE_GET_STATISTICS of an output"},
    {Entry::input, DRVM_INIT, "DRVM_INIT of an input"},
    {Entry::input, DRVM_EXIT, "DRVM_EXIT of an input"},
    {Entry::input, DRVM_ENABLE, "DRVM_ENABLE of an input"},
    {Entry::input, DRVM_DISABLE, "DRVM_DISABLE of an input"},
    {Entry::input, WIDM_GETNUMDEVS, "WIDM_GETNUMDEVS"},
    {Entry::input, WIDM_GETDEVCAPS, "WIDM_GETDEVCAPS"},
    {Entry::input, WIDM_OPEN, "WIDM_OPEN"},
    {Entry::input, WIDM_CLOSE, "WIDM_CLOSE"},
    {Entry::input, WIDM_PREPARE, "WIDM_PREPARE"},
    {Entry::input, WIDM_UNPREPARE, "WIDM_UNPREPARE"},
    {Entry::input, WIDM_ADDBUFFER, "WIDM_ADDBUFFER"},
    {Entry::input, WIDM_START, "WIDM_START"},
    {Entry::input, WIDM_STOP, "WIDM_STOP"},
    {Entry::input, WIDM_RESET, "WIDM_RESET"},
    {Entry::input, WIDM_GETPOS, "WIDM_GETPOS"},
    {Entry::input, REFWAVE_GET_STATISTICS, "REFWAVE_GET_STATISTICS of an input"},
};

}  // namespace

void note_message(Entry entry, UINT message) {
  const auto found = std::ranges::find_if(
      all, [&](const Message& each) { return each.entry == entry && each.number == message; });
  if (found != std::end(all)) found->sent = true;
}

std::string messages_missing() {
  std::string names;
  for (const Message& each : all) {
    if (!each.sent) names += std::string(names.empty() ? "" : ", ") + each.name;
  }
  return names;
}

}  // namespace refwave::simulation
