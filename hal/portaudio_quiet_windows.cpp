#include "hal/portaudio_quiet.h"

namespace refwave::hal {

// WASAPI writes nothing and ends nobody.
std::string prepare_portaudio() { return {}; }

}  // namespace refwave::hal
