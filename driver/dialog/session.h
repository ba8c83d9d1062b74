// The dialog's calls on the driver. Each call takes a driver reference of its own. A host may disable the
// driver while the dialog is open; then the answer is that the driver is not running.
#pragma once

#include <vector>

#include "driver/abi/windows_headers.h"
#include "driver/configuration/configuration.h"
#include "driver/dialog/tone.h"
#include "hal/device.h"

namespace refwave::dialog {

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
