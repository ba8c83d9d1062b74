// What PortAudio's host APIs need before Pa_Initialize so that they neither write to a terminal that is not
// ours nor end the program. One implementation a system, chosen by CMake.
#pragma once

#include <string>

namespace refwave::hal {

/// Effects: silences the host APIs' own messages. Returns: empty, or why PortAudio must not be initialised
/// here.
std::string prepare_portaudio();

}  // namespace refwave::hal
