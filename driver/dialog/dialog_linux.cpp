// Linux has no dialog: `refwave config` prints the settings to edit.
#include "driver/dialog/dialog.h"

namespace refwave::dialog {

bool has_dialog() noexcept { return false; }

LRESULT show_dialog(HWND /*parent*/) noexcept { return DRVCNF_CANCEL; }

}  // namespace refwave::dialog
