// The root-enumerated device of class MEDIA that owns a driver's slots of Drivers32, without INF, catalog or
// signature. Windows documentation: "SetupDiCreateDeviceInfoW function", "DIF_REGISTERDEVICE", "DIF_REMOVE".
#pragma once

#include "inf/install/machine/machine.h"

namespace refwave::install {

/// Effects: fills in whether there is the device of `driver`. Another's device is one with an INF, or with
/// another description or provider than ours.
void look_at_device(const std::string& driver, Snapshot& snapshot);

/// Effects: makes the device of `driver`, changes its driver key, or removes both. Errors: SystemError;
/// nothing was changed.
void set_device(const std::string& driver, const std::optional<Device>& device);

}  // namespace refwave::install
