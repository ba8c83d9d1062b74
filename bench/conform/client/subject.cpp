#include "bench/conform/client/subject.h"

#include <algorithm>

#include "inf/cli/console/text.h"
#include "inf/cli/wave_client/driver_session.h"

namespace refwave::conform {

const WaveMessages& messages_of(Direction direction) {
  static constexpr WaveMessages kMessages[] = {
      {WODM_GETNUMDEVS, WODM_GETDEVCAPS, WODM_OPEN, WODM_CLOSE, WODM_PREPARE, WODM_UNPREPARE, WODM_WRITE,
       WODM_RESET, WODM_GETPOS, WOM_OPEN, WOM_DONE, WOM_CLOSE, WODM_GETNUMDEVS, WODM_BREAKLOOP},
      {WIDM_GETNUMDEVS, WIDM_GETDEVCAPS, WIDM_OPEN, WIDM_CLOSE, WIDM_PREPARE, WIDM_UNPREPARE, WIDM_ADDBUFFER,
       WIDM_RESET, WIDM_GETPOS, WIM_OPEN, WIM_DATA, WIM_CLOSE, WIDM_GETNUMDEVS, WIDM_GETPOS}};
  return kMessages[static_cast<std::size_t>(direction)];
}

namespace {

/// Returns: an exported function, as an address that any type of function may be made of.
void* address_of(HDRVR driver, const char* name) {
  return reinterpret_cast<void*>(GetProcAddress(GetDriverModuleHandle(driver), name));
}

}  // namespace

HDRVR Subject::handle() {
  if (handle_ == nullptr) load();
  return handle_;
}

/// Windows documentation: the order of messages on the page "Installable Driver Messages", and DRVM_INIT
/// before any other message to wodMessage.
void Subject::load() {
  cli::use_driver(cli::to_path(target_.file), target_.parameters);
  handle_ = cli::open_driver();
  if (handle_ == nullptr) end_rule({Outcome::broken, "not loaded: " + cli::load_error()});
  entries_[0] = reinterpret_cast<WaveEntry>(address_of(handle_, "wodMessage"));
  entries_[1] = reinterpret_cast<WaveEntry>(address_of(handle_, "widMessage"));
  send_to_both(DRVM_INIT);
  send_to_both(DRVM_ENABLE);
  for (const Direction direction : {Direction::output, Direction::input})
    had_device_[static_cast<std::size_t>(direction)] = has_device(direction);
}

void Subject::unload() {
  if (handle_ == nullptr) return;
  cli::unload_drivers();
  send_to_both(DRVM_DISABLE);
  send_to_both(DRVM_EXIT);
  CloseDriver(handle_, 0, 0);
  handle_ = nullptr;
}

void Subject::send_to_both(UINT message) {
  for (const WaveEntry each : entries_) {
    if (each != nullptr) each(0, message, 0, 0, 0);
  }
}

LRESULT Subject::send(UINT message, LPARAM first, LPARAM second) {
  return SendDriverMessage(handle(), message, first, second);
}

LRESULT Subject::send_open() {
  const WideText wide(target_.parameters.begin(), target_.parameters.end());
  return send(DRV_OPEN, reinterpret_cast<LPARAM>(wide.c_str()));
}

DRIVERPROC Subject::driver_proc() { return reinterpret_cast<DRIVERPROC>(address_of(handle(), "DriverProc")); }

WaveEntry Subject::entry(Direction direction) {
  handle();
  const WaveEntry found = entries_[static_cast<std::size_t>(direction)];
  if (found == nullptr) not_applicable(direction == Direction::output ? "no wodMessage" : "no widMessage");
  return found;
}

bool Subject::is_wave_driver() {
  handle();
  return std::ranges::any_of(entries_, [](const WaveEntry each) { return each != nullptr; });
}

bool Subject::has_device(Direction direction) const {
  const WaveEntry asked = entries_[static_cast<std::size_t>(direction)];
  return asked != nullptr && asked(0, messages_of(direction).get_num_devs, 0, 0, 0) != 0;
}

void Subject::need_device(Direction direction) {
  entry(direction);
  if (has_device(direction)) return;
  require(!had_device_[static_cast<std::size_t>(direction)], "the devices are gone");
  not_applicable(direction == Direction::output ? "no output device" : "no input device");
}

}  // namespace refwave::conform
