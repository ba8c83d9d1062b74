// Linux has no dialog: `refwave config` prints the settings to edit.
#include "driver/winmm/dialog/dialog.h"

namespace refwave::winmm {

bool has_dialog() noexcept { return false; }

LRESULT show_dialog(HWND /*parent*/) noexcept { return DRVCNF_CANCEL; }

}  // namespace refwave::winmm
