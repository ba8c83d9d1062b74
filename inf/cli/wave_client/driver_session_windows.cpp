#include <windows.h>

#include "inf/cli/wave_client/driver_session.h"

namespace refwave::cli {

HDRVR open_driver() { return OpenDriver(L"wave", L"Drivers32", 0); }

std::string missing_driver_hint() {
  return "it belongs beside this command: unpack refwave's whole archive, and leave the files together";
}

std::string no_sound_hint() {
  return "see that the service \"Windows Audio\" runs and a device is enabled; under Wine, that the system "
         "around it has a sound server";
}

std::string loop_hint() { return "by a cable, or by the card's \"Stereo Mix\""; }

std::string use_hint() {
  return "a program plays on refwave if winmm.dll and refwave.drv lie beside it, or after `refwave install`";
}

// Unset, because some systems mishandle a variable that is set and empty.
void use_no_configuration_file() {
  for (const wchar_t* variable : {L"REFWAVE_CONFIG", L"APPDATA"}) SetEnvironmentVariableW(variable, nullptr);
}

}  // namespace refwave::cli
