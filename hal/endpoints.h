// The sound devices as Windows' MMDevice lists them, without PortAudio. Thread: control.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hal/device.h"

namespace refwave::hal {

struct Endpoints {
  std::vector<DeviceInfo> devices;  // in the system's order, by their names in PortAudio's list
  std::vector<std::u16string> ids;  // IMMDevice's, of each
};

/// Returns: those in use; none if not listed within two seconds; nullopt without MMDevice.
std::optional<Endpoints> endpoints(Direction direction);

}  // namespace refwave::hal
