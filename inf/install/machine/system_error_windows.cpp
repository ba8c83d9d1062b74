#include "inf/install/machine/system_error_windows.h"

#include <windows.h>

#include "hal/system/wide_text.h"

namespace refwave::install {

SystemError system_error(const std::string& what, unsigned long code) {
  return SystemError(what + ": " + hal::words_for(code));
}

SystemError last_error(const std::string& what) { return system_error(what, GetLastError()); }

}  // namespace refwave::install
