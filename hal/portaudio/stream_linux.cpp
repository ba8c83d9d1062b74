#include "hal/portaudio/stream.h"

/// Of cmake/portaudio_alsa.patch. Weak, because the system's own PortAudio has no such function.
extern "C" [[gnu::weak]] int PaAlsa_RefwaveThread(PaStream* stream);

namespace refwave::hal {

std::int32_t PortAudioStream::audio_thread() const {
  return plan_.api == paALSA && PaAlsa_RefwaveThread != nullptr ? PaAlsa_RefwaveThread(stream_) : 0;
}

}  // namespace refwave::hal
