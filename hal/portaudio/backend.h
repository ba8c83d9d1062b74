// The sound devices of this machine, through PortAudio. On Linux these are ALSA's, JACK's, and through ALSA
// those of PulseAudio and PipeWire. The backend touches nothing before the first list() or open().
#pragma once

#include <memory>

#include "hal/device.h"

namespace refwave::hal {

/// Returns: a backend whose devices are called "<host API>/<device>", for example "ALSA/default". No call
/// takes longer than two seconds: while one into PortAudio hangs, there are no devices, and open() fails.
/// Streams are opened with 32-bit integers, and on JACK with floats, unless a type is asked for. While a
/// stream is open, list() returns the devices from before it was opened.
std::unique_ptr<Backend> make_portaudio_backend();

}  // namespace refwave::hal
