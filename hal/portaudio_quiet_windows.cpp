#include "hal/portaudio_quiet.h"
#include "hal/portaudio_stream.h"

/// Called by PortAudio as cmake/portaudio_wasapi_events.patch has it.
extern "C" void refwave_await_period(void* stream, unsigned frames, unsigned queued_frames) {
  static_cast<refwave::hal::PortAudioStream*>(stream)->await_period(frames, queued_frames);
}

namespace refwave::hal {

// WASAPI writes nothing and ends nobody.
std::string prepare_portaudio() { return {}; }

}  // namespace refwave::hal
