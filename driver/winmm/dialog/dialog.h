// The configuration dialog, for DRV_QUERYCONFIGURE and DRV_CONFIGURE. One source file a platform.
#pragma once

#include "driver/winmm/windows_headers.h"

namespace refwave::winmm {

/// Returns: whether this platform has one.
bool has_dialog() noexcept;

/// Effects: shows the dialog before `parent` (may be null) until it is closed, and saves what was chosen.
/// Returns: DRVCNF_CANCEL if nothing was saved, or DRVCNF_OK, or DRVCNF_RESTART if streams are open, which
/// keep their settings. Thread: any that may show windows; no device is touched on it.
LRESULT show_dialog(HWND parent) noexcept;

}  // namespace refwave::winmm
