// There are no other lists on Windows, because WASAPI lists every device.
#include "hal/portaudio/server_devices.h"

namespace refwave::hal {

ServerList server_devices(Direction) { return {}; }
bool is_servers_name(const std::string&) { return false; }
bool may_list(const Servers&, const std::string&) { return false; }
Servers servers_behind(const std::string&) { return {}; }
ServerAnswer ask_servers(const Servers&) { return ServerAnswer::unknown; }
Buffering pulse_buffering(Direction, const std::string&) { return {}; }
std::unique_ptr<ServerFollower> follow_server(Direction, const std::string&) { return nullptr; }
std::string reason_of_hang(const std::string&) {
  return "the sound server does not respond; resume or restart it";
}
bool is_sound_server_there() { return false; }
bool is_jack_there() { return false; }
bool is_card_there(Direction) { return false; }
void find_returned_jack() {}

struct ServerPcm::HostInfo {};
ServerPcm::ServerPcm(const std::string&, PaStreamParameters&) {}
ServerPcm::~ServerPcm() = default;

}  // namespace refwave::hal
