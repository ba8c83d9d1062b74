#include "hal/portaudio/quiet.h"

#include "hal/portaudio/stream.h"

/// PortAudio calls these three functions (cmake/portaudio_wasapi_events.patch).
extern "C" void refwave_await_period(void* stream, unsigned frames, unsigned queued_frames) {
  static_cast<refwave::hal::PortAudioStream*>(stream)->await_period(frames, queued_frames);
}

extern "C" int refwave_preloads(void* stream, unsigned queued_frames) {
  return static_cast<const refwave::hal::PortAudioStream*>(stream)->preloads(queued_frames) ? 1 : 0;
}

extern "C" void refwave_has_queued(void* stream, unsigned frames, unsigned queued_frames) {
  static_cast<refwave::hal::PortAudioStream*>(stream)->has_queued(frames, queued_frames);
}

namespace refwave::hal {

// There is nothing to keep quiet, because WASAPI writes no messages.
struct Quiet::Before {};
std::uint64_t take_portaudio_messages() noexcept { return 0; }
Quiet::Quiet(Status& may_begin) { may_begin = {}; }
Quiet::~Quiet() = default;
void Quiet::keep_plugins() const {}

}  // namespace refwave::hal
