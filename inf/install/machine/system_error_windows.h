// Windows' errors, for people.
#pragma once

#include <string>

#include "inf/install/machine/system.h"

namespace refwave::install {

/// Returns: "what: the system's words for the error".
SystemError system_error(const std::string& what, unsigned long code);

/// Returns: the same for GetLastError().
SystemError last_error(const std::string& what);

}  // namespace refwave::install
