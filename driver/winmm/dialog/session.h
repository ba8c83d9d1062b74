// What the dialog asks of the driver. Each call is a visit of its own: a host may disable the driver while
// the dialog is open, and then the answer is that it is not running.
#pragma once

#include <string>
#include <vector>

#include "driver/configuration/configuration.h"
#include "driver/winmm/dialog/tone.h"
#include "driver/winmm/windows_headers.h"
#include "hal/device.h"

namespace refwave::winmm {

/// Thread: one that may wait for a device, for two seconds.
std::vector<hal::DeviceInfo> present_devices();

/// Effects: plays the test tone with the driver's settings and the difference between `saved` and `wanted`
/// over them, without its streams hearing of it. No fallback: what does not work is told. Thread: one that
/// may wait.
void play_tone(Tone& tone, const configuration::Configuration& saved,
               const configuration::Configuration& wanted, const Tone::Tell& tell);

/// Effects: the driver takes over what changed, if no stream is open. Returns: DRVCNF_OK if nothing has to
/// restart for it, else DRVCNF_RESTART.
LRESULT take_over(const configuration::Configuration& saved, const configuration::Configuration& wanted);

}  // namespace refwave::winmm
