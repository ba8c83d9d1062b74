#include <cstdlib>

#include "inf/cli/wave_client/driver_session.h"

namespace refwave::cli {

HDRVR open_driver() { return OpenDriver(u"wave", u"Drivers32", 0); }

std::string missing_driver_hint() { return "build it (`ninja refwave.drv`)"; }

std::string no_sound_hint() {
  return "start a sound server (PulseAudio, PipeWire, JACK) or plug a sound card in";
}

std::string loop_hint() { return "by a cable, by jack_connect, or by recording a sound server's monitor"; }

std::string use_hint() { return "a program plays on refwave if it is linked with libwinmm"; }

void use_no_configuration_file() { ::setenv("REFWAVE_CONFIG", "", 1); }

}  // namespace refwave::cli
