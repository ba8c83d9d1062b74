// Windows has one host API, which lists every device and writes no messages; no ALSA, no servers.
#include "hal/portaudio/alsa_devices.h"
#include "hal/portaudio/quiet.h"
#include "hal/portaudio/server_devices.h"
#include "hal/portaudio/stream.h"
#include "hal/portaudio/unclocked_device.h"

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

std::vector<AlsaCard> alsa_cards(Direction) { return {}; }
std::vector<AlsaName> alsa_names(Direction) { return {}; }
std::string alsa_device(Direction, const std::string&) { return {}; }
bool alsa_has_clock(const std::string&, Direction) { return true; }
std::string alsa_pcm(const std::string&) { return {}; }
std::string alsa_problem() { return {}; }
OpenResult open_unclocked(const std::string&, const OpenRequest&, std::shared_ptr<AudioCallback>) {
  return {};
}
AlsaAnswer ask_alsa(const std::string&, Direction, std::uint32_t, OnBusy) { return {}; }
std::string alsa_reason(const std::string&, Direction, int) { return {}; }
std::string alsa_user(const std::string&, Direction) { return {}; }

ServerList server_devices(Direction) { return {}; }
bool is_servers_name(const std::string&) { return false; }
bool may_list(const Servers&, const std::string&) { return false; }
Servers servers_behind(const std::string&) { return {}; }
ServerAnswer ask_servers(const Servers&) { return ServerAnswer::unknown; }
PulseSink pulse_sink(Direction, const std::string&) { return {}; }
std::unique_ptr<ServerFollower> follow_server(Direction, const std::string&) { return nullptr; }
std::string reason_of_hang(const std::string&) {
  return "the service \"Windows Audio\" does not respond; restart it";
}
bool is_sound_server_there() { return false; }
bool is_jack_there() { return false; }
bool is_card_there(Direction) { return false; }
void find_returned_jack() {}

struct Quiet::Before {};
Quiet::Quiet() = default;
Quiet::~Quiet() = default;
void Quiet::keep_plugins() const {}

std::int32_t PortAudioStream::audio_thread() const { return 0; }
void PortAudioStream::note_buffer() {}
const unsigned long* PortAudioStream::room() const { return nullptr; }
bool PortAudioStream::goes_through_alsas_jack() const { return false; }
bool PortAudioStream::jack_has_ended() { return false; }
std::string PortAudioStream::caution() const { return {}; }

}  // namespace refwave::hal
