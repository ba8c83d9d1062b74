// The dialog's calls on the driver, which may be disabled while the dialog is open.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "driver/abi/windows_headers.h"
#include "driver/configuration/configuration.h"
#include "driver/control/driver.h"
#include "hal/device.h"

namespace refwave::dialog {

/// Thread: may wait for a device.
std::vector<hal::DeviceInfo> present_devices();

/// Receives lines for the user while the tone plays. The last line says how it ended.
using Report = std::function<void(std::string line)>;

/// Effects: plays a quiet sine of one and a half seconds on the first output device, until heard, failed or
/// `stopped`, and reports its blocks' buffer-done latency. On a driver of its own, with the settings changed
/// from `saved` to `wanted`, and without a fallback, so that the user hears of failures. Thread: may wait for
/// a device.
void play_tone(const std::atomic<bool>& stopped, const configuration::Configuration& saved,
               const configuration::Configuration& wanted, const Report& report);

/// Effects: applies the changes, if no stream is open. Returns: DRVCNF_OK, otherwise DRVCNF_RESTART.
LRESULT take_over(const configuration::Configuration& saved, const configuration::Configuration& wanted);

}  // namespace refwave::dialog
