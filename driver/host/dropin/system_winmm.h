// The system's own winmm, beside which the drop-in is loaded. Any thread.
#pragma once

#include "driver/abi/windows_headers.h"

namespace refwave::host {

/// Effects: loads the system's winmm by its full path, once. Returns: its function of that name, or of that
/// number (MAKEINTRESOURCEA); null if it has none.
void* system_function(const char* name);

/// Effects: lets the wave functions use the system's winmm for formats that only its mapper takes.
void serve_with_system_mapper();

}  // namespace refwave::host
