// The dialog's calls on the driver, which may be disabled while the dialog is open.
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

/// The test tone: a quiet sine of one and a half seconds, and its blocks' buffer-done latency.
class Tone {
 public:
  /// Receives lines for the user while the tone plays. The last line says how it ended.
  using Report = std::function<void(std::string line)>;

  /// Effects: plays on the first output device, until heard, stopped or failed.
  void play(control::Driver& driver, const Report& report);

  /// Effects: ends this tone, or the next one. Thread: any.
  void stop();
  /// Effects: the next tone may play. Thread: any.
  void allow();

 private:
  bool wait_a_moment();

  hal::Mutex mutex_;
  hal::Condition changed_;
  bool stopped_ GUARDED_BY(mutex_) = false;
};

/// Thread: may wait for a device.
std::vector<hal::DeviceInfo> present_devices();

/// Effects: plays the tone on a driver of its own, with the settings changed from `saved` to `wanted`, and
/// without a fallback, so that the user hears of failures. Thread: may wait for a device.
void play_tone(Tone& tone, const configuration::Configuration& saved,
               const configuration::Configuration& wanted, const Tone::Report& report);

/// Effects: applies the changes, if no stream is open. Returns: DRVCNF_OK, otherwise DRVCNF_RESTART.
LRESULT take_over(const configuration::Configuration& saved, const configuration::Configuration& wanted);

}  // namespace refwave::dialog
