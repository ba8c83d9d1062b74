// The configuration dialog, for DRV_QUERYCONFIGURE and DRV_CONFIGURE, in one source file for each system; and
// its calls on the driver, which may be disabled while the dialog is open.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "driver/abi/windows_headers.h"
#include "driver/configuration/configuration.h"
#include "hal/device.h"

namespace refwave::dialog {

bool has_dialog() noexcept;

/// Effects: shows the dialog until it is closed, and saves the chosen settings. `parent`: may be null.
/// Returns: DRVCNF_CANCEL if nothing was saved, DRVCNF_RESTART if streams are open, else DRVCNF_OK.
LRESULT show_dialog(HWND parent) noexcept;

/// Thread: may wait for a device.
std::vector<hal::DeviceInfo> present_devices();

/// Receives lines for the user while the tone plays. The last line says how it ended.
using Report = std::function<void(std::string line)>;

/// Effects: plays a quiet sine of one and a half seconds on the first output device, until heard, failed or
/// `stopped`, and reports its blocks' buffer-done latency. On a driver of its own with the `wanted` settings,
/// without a fallback, so that the user hears of failures. May wait for a device.
void play_tone(const std::atomic<bool>& stopped, const configuration::Configuration& saved,
               const configuration::Configuration& wanted, const Report& report);

/// Effects: applies the changes, if no stream is open. Returns: DRVCNF_OK, otherwise DRVCNF_RESTART.
LRESULT take_over(const configuration::Configuration& saved, const configuration::Configuration& wanted);

}  // namespace refwave::dialog
