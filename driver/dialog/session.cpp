#include "driver/dialog/session.h"

#include <memory>

#include "driver/configuration/configuration_write.h"
#include "driver/control/driver_gate.h"
#include "hal/system/process.h"

namespace refwave::dialog {

std::vector<hal::DeviceInfo> present_devices() {
  const control::DriverReference driver;
  return driver ? driver->list_devices() : std::vector<hal::DeviceInfo>{};
}

void play_tone(Tone& tone, const configuration::Configuration& saved,
               const configuration::Configuration& wanted, const Tone::Report& report) {
  std::unique_ptr<control::Driver> trial;
  if (const control::DriverReference driver; driver)
    trial = driver->trial(configuration::as_open_string(saved, wanted) + "; fallback = none");
  if (!trial) {
    report("The driver is not running.");
    return;
  }
  tone.play(*trial, report);
  if (trial->end()) return;
  // A thread is left inside the driver: the driver and its code must stay.
  static_cast<void>(trial.release());
  hal::pin_module();
}

LRESULT take_over(const configuration::Configuration& saved, const configuration::Configuration& wanted) {
  const control::DriverReference driver;
  const bool is_in_effect = !driver || driver->configure(configuration::as_open_string(saved, wanted));
  return is_in_effect ? DRVCNF_OK : DRVCNF_RESTART;
}

}  // namespace refwave::dialog
