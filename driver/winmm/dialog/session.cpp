#include "driver/winmm/dialog/session.h"

#include <memory>

#include "driver/stream/configuration_write.h"
#include "driver/winmm/driver_gate.h"

namespace refwave::winmm {

std::vector<hal::DeviceInfo> present_devices() {
  const Visit driver;
  return driver ? driver->list_devices() : std::vector<hal::DeviceInfo>{};
}

void play_tone(Tone& tone, const stream::Configuration& saved, const stream::Configuration& wanted,
               const Tone::Tell& tell) {
  std::unique_ptr<stream::Driver> trial;
  if (const Visit driver; driver)
    trial = driver->trial(stream::as_open_string(saved, wanted) + "; fallback = none");
  if (!trial) return tell("The driver is not running.");
  tone.play(*trial, tell);
  if (trial->end()) return;
  static_cast<void>(trial.release());  // a thread is left in it, which must find it and its code
  pin_module();
}

LRESULT take_over(const stream::Configuration& saved, const stream::Configuration& wanted) {
  const Visit driver;
  const bool is_in_effect = !driver || driver->configure(stream::as_open_string(saved, wanted));
  return is_in_effect ? DRVCNF_OK : DRVCNF_RESTART;
}

}  // namespace refwave::winmm
