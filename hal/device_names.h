// Finds the device that a name means. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hal/device.h"

namespace refwave::hal {

/// The device that a name stands for.
struct Choice {
  const DeviceInfo* device = nullptr;  // into the list; null: `error` says why
  std::string error;
};

/// Returns: the device of that exact name; if there is none, the only one with that name after its host API;
/// if there is none either, the only one whose name contains `name`. The last two ignore the case of letters.
/// Errors: one line that names the existing devices.
Choice choose_device(const std::vector<DeviceInfo>& devices, Direction direction, std::string_view name);

/// Returns: whether `name` asks for the default device.
bool means_default(std::string_view name);

}  // namespace refwave::hal
