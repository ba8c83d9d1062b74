#include <cstdlib>

#include "driver/cli/wave_client/driver_loading.h"

namespace refwave::cli {

HDRVR open_driver() { return OpenDriver(u"wave", u"Drivers32", 0); }

void use_no_configuration_file() { ::setenv("REFWAVE_CONFIG", "", 1); }

}  // namespace refwave::cli
