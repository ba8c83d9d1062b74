#include "hal/portaudio/quiet.h"

#include "hal/portaudio/stream.h"

/// Called by PortAudio as cmake/portaudio_wasapi_events.patch has it.
extern "C" void refwave_await_period(void* stream, unsigned frames, unsigned queued_frames) {
  static_cast<refwave::hal::PortAudioStream*>(stream)->await_period(frames, queued_frames);
}

namespace refwave::hal {

// WASAPI writes nothing and ends nobody.
struct Quiet::Before {};
std::uint64_t take_portaudio_messages() noexcept { return 0; }
Quiet::Quiet(std::string& problem) { problem.clear(); }
Quiet::~Quiet() = default;
void Quiet::keep_plugins() const {}

}  // namespace refwave::hal
