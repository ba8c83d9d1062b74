#include <cstdlib>

#include "driver/cli/wave_client/driver_session.h"

namespace refwave::cli {

HDRVR open_driver() { return OpenDriver(u"wave", u"Drivers32", 0); }

std::string missing_driver_hint() { return "build it (`ninja refwave.drv`)"; }

void use_no_configuration_file() { ::setenv("REFWAVE_CONFIG", "", 1); }

}  // namespace refwave::cli
