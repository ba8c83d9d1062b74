#include "hal/portaudio/server_devices.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "hal/portaudio/alsa_devices.h"
#include "hal/portaudio/server_lists.h"
#include "hal/server_sockets_linux.h"
#include "hal/system/environment_linux.h"

/// Of cmake/portaudio_jack.patch.
extern "C" int PaJack_RefwaveReconnect();

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kPatienceWithList{1'000};  // an open has two seconds in all
constexpr std::chrono::milliseconds kPatienceWithSink{300};
// A server is asked twice, because the machine may have been suspended during the first question.
constexpr std::array<std::chrono::milliseconds, 2> kPatienceWithAnswer{{700ms, 500ms}};

ServerAnswer ask_once(const Servers& servers, ServerDeadline deadline) {
  const bool has_pulse = servers.pulse && has_pulse_socket();
  const bool has_pipewire = servers.pipewire && has_pipewire_socket();
  const ServerAnswer pulse = has_pulse ? ask_pulse(deadline) : ServerAnswer::silent;
  if (!has_pipewire || pulse == ServerAnswer::answers) return pulse;
  const ServerAnswer pipewire = ask_pipewire(deadline);
  return has_pulse && pipewire == ServerAnswer::silent ? pulse : pipewire;
}

/// Returns: whether the kernel's list of sockets has a listener for that one. A stopped server is one; an
/// orphaned socket has none. The list lacks servers outside this process's container.
bool is_listened_at(const std::filesystem::path& socket) {
  constexpr unsigned kListens = 0x1'0000;  // __SO_ACCEPTCON, a flag of the kernel's
  std::error_code error;
  const std::filesystem::path wanted = std::filesystem::canonical(socket, error);
  if (error) return false;
  std::ifstream list("/proc/net/unix");
  for (std::string line; std::getline(list, line);) {
    // Num: RefCount Protocol Flags Type St Inode Path
    std::istringstream words(line);
    std::string skipped;
    unsigned flags = 0;
    std::string path;
    words >> skipped >> skipped >> skipped >> std::hex >> flags >> skipped >> skipped >> skipped >> std::ws;
    std::getline(words, path);
    // The server may have reached the same folder by another path.
    if ((flags & kListens) != 0 && path.ends_with(wanted.filename().native()) &&
        std::filesystem::canonical(path, error) == wanted)
      return true;
  }
  return false;
}

}  // namespace

bool is_pulse_there() { return std::ranges::any_of(pulse_places().sockets, is_listened_at); }
bool is_pipewire_there() { return std::ranges::any_of(pipewire_sockets(), is_listened_at); }
bool is_sound_server_there() { return is_pulse_there() || is_pipewire_there(); }

bool is_jack_there() { return is_listened_at(jack_files() + std::to_string(::getuid()) + "_0"); }

bool is_card_there(Direction direction) {
  const char end = direction == Direction::output ? 'p' : 'c';
  return std::ranges::any_of(names_in("/dev/snd"), [&](const std::string& name) {
    return name.starts_with("pcmC") && name.ends_with(end);
  });
}

ServerList server_devices(Direction direction) {
  const ServerDeadline deadline = std::chrono::steady_clock::now() + kPatienceWithList;
  ServerList all = pulse_devices(direction, deadline);
  if (!all.devices.empty()) return all;
  ServerList others = pipewire_devices(direction, deadline);
  others.pending.pulse = all.pending.pulse;
  others.refuses.pulse = all.refuses.pulse;
  return others;
}

bool is_servers_name(const std::string& name) {
  return name.starts_with(kPulsePrefix) || name.starts_with(kPipewirePrefix);
}

bool may_list(const Servers& servers, const std::string& name) {
  if (name.starts_with(kPulsePrefix)) return servers.pulse;
  if (name.starts_with(kPipewirePrefix)) return servers.pipewire;
  return !name.starts_with(kAlsaPrefix) && (servers.pulse || servers.pipewire);
}

PulseSink pulse_sink(Direction direction, const std::string& name) {
  const std::string device = name.starts_with(kPulsePrefix) ? name.substr(kPulsePrefix.size()) : "";
  return ask_pulse_sink(direction, device, std::chrono::steady_clock::now() + kPatienceWithSink);
}

Servers servers_behind(const std::string& device) {
  // The name of a sound card's device has ALSA's: "HDA Intel: ALC (hw:CARD=PCH,DEV=0)", "plughw:PCH".
  const bool is_any = device.starts_with(kAlsaPrefix) && device.find("hw:") == std::string::npos;
  return {.pulse = (is_any || device.starts_with(kPulsePrefix)) && has_pulse_socket(),
          .pipewire = (is_any || device.starts_with(kPipewirePrefix)) && has_pipewire_socket()};
}

ServerAnswer ask_servers(const Servers& servers) {
  if (servers == Servers{}) return ServerAnswer::unknown;
  ServerAnswer answer = ServerAnswer::silent;
  for (const auto patience : kPatienceWithAnswer)
    if (answer == ServerAnswer::silent)
      answer = ask_once(servers, std::chrono::steady_clock::now() + patience);
  return answer;
}

std::unique_ptr<ServerFollower> follow_server(Direction direction, const std::string& device) {
  if (device.starts_with(kPulsePrefix)) return follow_pulse(direction);
  if (device.starts_with(kPipewirePrefix)) return follow_pipewire(direction);
  return nullptr;
}

std::string reason_of_hang(const std::string& device) {
  // A device of ALSA's that is not a card may be a server's.
  const bool may_be_server = device.find("hw:") == std::string::npos;
  if (may_be_server &&
      (has_pulse_socket() || has_pipewire_socket() || !paths_that_begin(jack_files()).empty()))
    return "the sound server does not respond; resume or restart it";
  return device.empty()
             ? "ALSA does not respond: a sound card's driver hangs, or the machine is very slow"
             : "\"" + device + "\" does not respond: its driver hangs, or the machine is very slow";
}

void find_returned_jack() { PaJack_RefwaveReconnect(); }

int milliseconds_until(ServerDeadline deadline) {
  const auto left = deadline - std::chrono::steady_clock::now();
  return static_cast<int>(
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::milliseconds>(left).count()));
}

bool is_plain(std::string_view name) {
  return !name.empty() && std::ranges::none_of(name, [](char c) {
    return c == '"' || c == '\\' || c == '$' || static_cast<unsigned char>(c) < ' ';
  });
}

}  // namespace refwave::hal
