#include "hal/portaudio/stream.h"

namespace refwave::hal {

std::int32_t PortAudioStream::audio_thread() const { return 0; }

}  // namespace refwave::hal
