#include "hal/portaudio/stream.h"

/// Of cmake/portaudio_alsa.patch and portaudio_jack.patch.
extern "C" int PaAlsa_RefwaveThread(PaStream* stream);
extern "C" int PaAlsa_RefwaveUsesJack(PaStream* stream);
extern "C" void PaAlsa_RefwaveBuffer(PaStream* stream, unsigned long* period, unsigned long* buffer);
extern "C" const unsigned long* PaAlsa_RefwaveRoom(PaStream* stream);
extern "C" int PaJack_RefwaveHasEnded();
extern "C" int PaJack_RefwaveIsRefused(PaStream* stream);

namespace refwave::hal {

std::int32_t PortAudioStream::audio_thread() const {
  return plan_.api == paALSA ? PaAlsa_RefwaveThread(stream_) : 0;
}

void PortAudioStream::note_buffer() {
  if (plan_.api != paALSA) return;
  unsigned long period = 0;
  unsigned long buffer = 0;
  PaAlsa_RefwaveBuffer(stream_, &period, &buffer);
  plan_.info.device_period_frames = static_cast<std::uint32_t>(period);
  plan_.info.device_buffer_frames = static_cast<std::uint32_t>(buffer);
}

const unsigned long* PortAudioStream::room() const {
  return plan_.api == paALSA ? PaAlsa_RefwaveRoom(stream_) : nullptr;
}

bool PortAudioStream::goes_through_alsas_jack() const {
  return plan_.api == paALSA && PaAlsa_RefwaveUsesJack(stream_) != 0;
}

std::string PortAudioStream::caution() const {
  const bool is_refused = stream_ != nullptr && plan_.api == paJACK && PaJack_RefwaveIsRefused(stream_) != 0;
  return is_refused ? "the server refuses the connections that a program makes itself (jackd -a); connect "
                      "refwave's ports in a patchbay"
                    : "";
}

bool PortAudioStream::jack_has_ended() { return PaJack_RefwaveHasEnded() != 0; }

}  // namespace refwave::hal
