#include "hal/portaudio/stream.h"

namespace refwave::hal {

std::int32_t PortAudioStream::audio_thread() const { return 0; }

void PortAudioStream::note_buffer() {}

bool PortAudioStream::goes_through_alsas_jack() const { return false; }

bool PortAudioStream::jack_has_ended() { return false; }

}  // namespace refwave::hal
