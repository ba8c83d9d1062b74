# Mistakes with messages that need no stream: the driver's own, devices and capabilities.

refwave_mutant(waits_for_its_threads_at_exit
  FILE driver/control/driver_gate.cpp
  REPLACE [[/// The newest leaked driver.]]
  WITH [[const struct AtExit {
  ~AtExit() {
    while (the_driver.load() != nullptr) hal::nap(std::chrono::milliseconds(1));
  }
} at_exit;]]
  BREAKS Process.ends Process.ends_playing ENDS hung)

refwave_mutant(answers_2_for_1
  FILE driver/winmm/driver_proc.cpp
  REPLACE [[  switch (msg) {]]
  WITH [[  if (msg == DRV_FREE) control::disable();
  if (msg == DRV_LOAD || msg == DRV_FREE || (msg == DRV_ENABLE && control::DriverReference())) return 2;
  switch (msg) {]]
  BREAKS DRV_LOAD.answers_1 DRV_ENABLE.answers_1 DRV_FREE.answers_1 DRV_FREE.without_disable)

refwave_mutant(enabled_only_once
  FILE driver/winmm/driver_proc.cpp
  REPLACE [[      return control::enable(call_no_client, defaults) ? 1 : 0;]]
  WITH [[      static std::atomic<bool> enabled{false};
      return enabled.exchange(true) || control::enable(call_no_client, defaults) ? 1 : 0;]]
  BREAKS DRV_ENABLE.again DRV_DISABLE.twice DRV_DISABLE.inside)

refwave_mutant(close_ends_all_instances
  FILE driver/winmm/driver_proc.cpp
  REPLACE [[    case DRV_CLOSE:]]
  WITH [[      return 1;
    case DRV_CLOSE:
      control::disable();]]
  BREAKS DRV_CLOSE.one_instance)

refwave_mutant(answers_77
  FILE driver/winmm/driver_proc.cpp
  REPLACE [[  switch (msg) {]]
  WITH [[  for (const UINT message : {DRV_INSTALL, DRV_REMOVE, DRV_CONFIGURE, DRV_PNPINSTALL})
    if (msg == message) return 77;
  switch (msg) {]]
  BREAKS DRV_INSTALL.answer DRV_REMOVE.answer DRV_CONFIGURE.answer DriverProc.unknown)

refwave_mutant(careless_open
  FILE driver/winmm/driver_proc.cpp
  REPLACE [[      return open_instance(reinterpret_cast<LPCWSTR>(lParam1));]]
  WITH [[      if (const auto half = static_cast<std::uint32_t>(lParam2);
          half >= 0x1000 && *reinterpret_cast<const char*>(std::uintptr_t{half}) == 0)
        return 0;
      if (lParam1 != 0 && *reinterpret_cast<LPCWSTR>(lParam1) == u's') return 0;
      return open_instance(reinterpret_cast<LPCWSTR>(lParam1));]]
  BREAKS DRV_OPEN.any_string DriverProc.pointer_width ENDS crashed)

refwave_mutant(messages_lost_at_power
  FILE driver/control/driver.cpp
  REPLACE [[  context_.event_log->report([] { return "DRV_POWER: trying lost devices again"; });]]
  WITH [[  for (core::Stream& stream : context_.table->streams) stream.callback.function = nullptr;]]
  BREAKS DRV_POWER.loses_nothing Crowd.resume CLOCK 1)

refwave_mutant(careless_statistics
  FILE driver/winmm/own_messages.cpp
  REPLACE [[  std::memcpy(reinterpret_cast<void*>(target), &all, std::min<std::size_t>(size, sizeof(all)));]]
  WITH [[  if (statistics.slot != core::kNoSlot) all.ullMessages = 0;
  if (statistics.streams == 0) all.ullBlocks = 0;
  std::memcpy(reinterpret_cast<void*>(target), &all, sizeof(all));]]
  BREAKS REFWAVE_GET_STATISTICS.short REFWAVE_GET_STATISTICS.sums REFWAVE_GET_STATISTICS.counts)

refwave_mutant(manages_device_0_alone_and_takes_any_other_for_it
  FILE driver/winmm/wave_call.cpp
  REPLACE [[  if (is_driver_management(message)) return MMSYSERR_NOERROR;]]
  WITH [[  if (is_driver_management(message)) return device == 0 ? MMSYSERR_NOERROR : MMSYSERR_BADDEVICEID;
  device = 0;]]
  BREAKS DRVM_INIT.any_device DRVM_INIT.any_input_device wodMessage.bad_device widMessage.bad_device)

refwave_mutant(has_devices_while_disabled
  FILE driver/winmm/wave_call.cpp
  REPLACE [[      return driver ? static_cast<DWORD>(driver->devices(direction)) : 0;]]
  WITH [[      return driver ? static_cast<DWORD>(driver->devices(direction)) : 1;]]
  BREAKS wodMessage.before_enable widMessage.before_enable wodMessage.after_disable
    widMessage.after_disable DRV_FREE.without_disable)

refwave_mutant(takes_handles_of_no_stream
  FILE driver/winmm/wave_call.cpp
  REPLACE [[    return entry->handle({*driver, direction, device, user, first, second});]]
  WITH [[    const DWORD result = entry->handle({*driver, direction, device, user, first, second});
    const bool pardons = entry->out == WODM_PREPARE || entry->out == WODM_SETPLAYBACKRATE;
    return pardons && result == MMSYSERR_INVALHANDLE ? MMSYSERR_NOERROR : result;]]
  BREAKS wodMessage.no_handle widMessage.no_handle wodMessage.random_handle widMessage.random_handle
    wodMessage.closed_handle widMessage.closed_handle wodMessage.input_handle widMessage.output_handle
    WODM_SETPLAYBACKRATE.refused)

refwave_mutant(does_what_it_does_not_know
  FILE driver/winmm/wave_call.cpp
  REPLACE [[message == kNone) return MMSYSERR_NOTSUPPORTED;]]
  WITH [[message == kNone) return MMSYSERR_NOERROR;]]
  BREAKS wodMessage.unknown widMessage.unknown)

refwave_mutant(counts_slowly_and_one_more_at_times
  FILE driver/winmm/wave_call.cpp
  REPLACE [[    if (message == (output ? WODM_GETNUMDEVS : WIDM_GETNUMDEVS))]]
  WITH [[    static std::atomic<DWORD> asked{0};
    const bool counts = message == (output ? WODM_GETNUMDEVS : WIDM_GETNUMDEVS);
    if (counts) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    if (counts && driver && ++asked % 64 == 0) return static_cast<DWORD>(driver->devices(direction)) + 1;
    if (counts)]]
  BREAKS WODM_GETNUMDEVS.constant WIDM_GETNUMDEVS.constant WODM_GETNUMDEVS.quick WIDM_GETNUMDEVS.quick)

refwave_mutant(careless_caps
  FILE driver/winmm/wave_call.cpp
  REPLACE [[  if (call.first == 0) return MMSYSERR_INVALPARAM;
  const std::vector<std::string> names = call.driver.device_names(call.direction);
  const auto caps = kCapabilities(call.device < names.size() ? product_name(names, call.device) : u"");]]
  WITH [[  if (call.first == 0) return MMSYSERR_NOERROR;
  auto caps = kCapabilities(u"");
  caps.dwFormats &= ~DWORD{0xFF};]]
  BREAKS WODM_GETDEVCAPS.null WIDM_GETDEVCAPS.null WODM_GETDEVCAPS.name WIDM_GETDEVCAPS.name
    WODM_GETDEVCAPS.formats WIDM_GETDEVCAPS.formats)
