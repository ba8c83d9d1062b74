// The configuration dialog, for DRV_QUERYCONFIGURE and DRV_CONFIGURE. One source file for each system.
#pragma once

#include "driver/abi/windows_headers.h"

namespace refwave::dialog {

bool has_dialog() noexcept;

/// Effects: shows the dialog until it is closed, and saves the chosen settings. `parent`: may be null.
/// Returns: DRVCNF_CANCEL if nothing was saved, DRVCNF_RESTART if streams are open, else DRVCNF_OK.
LRESULT show_dialog(HWND parent) noexcept;

}  // namespace refwave::dialog
