// Calls a client through DriverCallback, in the way that its open description asked for. Windows
// documentation: "DriverCallback function", "waveOutOpen function", "Creating a DriverProc Function".
#pragma once

#include "driver/abi/windows_headers.h"
#include "driver/core/handover/client_callback.h"
#include "hal/device.h"

namespace refwave::winmm {

/// Returns: the way to call the client. Its function is null for CALLBACK_NULL and for a callback of 0.
core::ClientCallback client_callback(const WAVEOPENDESC& description, DWORD flags,
                                     hal::Direction direction) noexcept;

/// Effects: runs all the code that calls a client, DriverCallback included, with an empty callback of the
/// driver's own. Returns: as DriverCallback.
bool call_nobody(const core::ClientCallback& client, core::Notice notice, core::ClientHeader* header,
                 core::Stack stack);

}  // namespace refwave::winmm
