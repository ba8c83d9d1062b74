// The dialog's calls on the driver. Each call takes a driver reference of its own. A host may disable the
// driver while the dialog is open; then the answer is that the driver is not running.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "driver/abi/windows_headers.h"
#include "driver/configuration/configuration.h"
#include "driver/control/driver.h"
#include "hal/device.h"
#include "hal/system/mutex.h"

namespace refwave::dialog {

/// The test tone: a quiet sine of one and a half seconds, played as a client of the driver plays it, and the
/// buffer-done latency of its blocks. One tone at a time.
class Tone {
 public:
  /// Receives a line for the user, several times a second while the tone plays. The last line says how the
  /// tone ended.
  using Report = std::function<void(std::string line)>;

  /// Effects: plays through the first output device of `driver`. Returns when the tone has been heard, was
  /// stopped, or has failed. Thread: one that may wait for a device.
  void play(control::Driver& driver, const Report& report);

  /// Effects: ends the tone that plays, or otherwise the next tone. Thread: any; returns at once.
  void stop();
  /// Effects: the next tone may play. Thread: any.
  void allow();

 private:
  bool wait_a_moment();

  hal::Mutex mutex_;
  hal::Condition changed_;
  bool stopped_ GUARDED_BY(mutex_) = false;
};

/// Thread: one that may wait for a device, for two seconds.
std::vector<hal::DeviceInfo> present_devices();

/// Effects: plays the test tone with the driver's settings, changed by the difference between `saved` and
/// `wanted`. The driver's own streams are not touched. There is no fallback, so that the user hears of
/// failures. Thread: one that may wait.
void play_tone(Tone& tone, const configuration::Configuration& saved,
               const configuration::Configuration& wanted, const Tone::Report& report);

/// Effects: the driver takes the changed settings over, if no stream is open. Returns: DRVCNF_OK if they are
/// in effect, otherwise DRVCNF_RESTART.
LRESULT take_over(const configuration::Configuration& saved, const configuration::Configuration& wanted);

}  // namespace refwave::dialog
