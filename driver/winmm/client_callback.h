// Calls a client. Windows documentation: "DriverCallback function", "waveOutOpen function".
#pragma once

#include "driver/abi/windows_headers.h"
#include "driver/core/handover/client_callback.h"
#include "hal/device.h"

namespace refwave::winmm {

/// Returns: how to call the client; no function for CALLBACK_NULL and a callback of 0.
core::ClientCallback client_callback(const WAVEOPENDESC& description, DWORD flags,
                                     hal::Direction direction) noexcept;

/// Effects: runs all the code that calls a client, DriverCallback included, with an empty callback.
bool call_no_client(const core::ClientCallback& client, core::Notice notice, core::ClientHeader* header);

}  // namespace refwave::winmm
