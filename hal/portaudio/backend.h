// The sound devices of this machine, through PortAudio: ALSA, JACK, and PulseAudio or PipeWire through ALSA
// on Linux. Touches nothing before the first list() or open().
#pragma once

#include <cstdint>
#include <memory>

#include "hal/device.h"

namespace refwave::hal {

/// Returns: a backend whose devices are called "<host API>/<device>", for example "ALSA/default". No call to
/// it or to its devices takes longer than two seconds: one that hangs is left behind, and until it returns
/// there are no devices and open() fails. Streams are opened with 32-bit integers, with JACK's
/// floats there, unless a type is asked for.
/// While a stream is open list() gives the devices of before.
std::unique_ptr<Backend> make_portaudio_backend();

/// Returns: how many streams were abandoned since the last call, because a thread of theirs hangs. Thread:
/// any.
std::uint64_t take_abandoned_streams() noexcept;

}  // namespace refwave::hal
