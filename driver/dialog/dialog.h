// The configuration dialog, for DRV_QUERYCONFIGURE and DRV_CONFIGURE. One source file for each system.
#pragma once

#include "driver/abi/windows_headers.h"

namespace refwave::dialog {

/// Returns: whether this system has a dialog.
bool has_dialog() noexcept;

/// Effects: shows the dialog in front of `parent` (may be null) until it is closed, and saves the chosen
/// settings. Returns: DRVCNF_CANCEL if nothing was saved, or DRVCNF_OK, or DRVCNF_RESTART if streams are
/// open, which keep their settings. Thread: any that may show windows; no device is touched on it.
LRESULT show_dialog(HWND parent) noexcept;

}  // namespace refwave::dialog
