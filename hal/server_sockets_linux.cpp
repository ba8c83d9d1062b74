#include "hal/server_sockets_linux.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string_view>

#include "hal/system/environment_linux.h"
#include "hal/system/wide_text.h"

namespace refwave::hal {
namespace {

namespace fs = std::filesystem;

/// Effects: `server` is the file's default-server, if it has one.
void take_default_server(const fs::path& path, std::string& server) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    line.resize(std::min(line.find_first_of("#;"), line.size()));
    const std::size_t equals = line.find('=');
    if (equals != line.npos && trimmed(line.substr(0, equals)) == "default-server")
      server = trimmed(line.substr(equals + 1));
  }
}

/// Returns: the one configuration file that libpulse reads.
fs::path client_conf() {
  if (fs::path given = environment_variable("PULSE_CLIENTCONFIG"); !given.empty()) return given;
  const fs::path own = environment_variable("PULSE_CONFIG_PATH");
  const fs::path configuration = environment_variable("XDG_CONFIG_HOME");
  const fs::path users = !own.empty() ? own
                         : configuration.is_absolute()
                             ? configuration / "pulse"
                             : fs::path(environment_variable("HOME")) / ".config/pulse";
  std::error_code ignored;
  return fs::exists(users / "client.conf", ignored) ? users / "client.conf" : "/etc/pulse/client.conf";
}

/// Returns: the addresses of the servers that are named for libpulse, with spaces between them.
std::string named_pulse_servers() {
  std::string server = environment_variable("PULSE_SERVER");
  if (!server.empty()) return server;
  const fs::path main = client_conf();
  take_default_server(main, server);
  const fs::path folder = main.native() + ".d";
  std::vector<std::string> more = names_in(folder);
  std::ranges::sort(more);
  for (const std::string& name : more)
    if (name.ends_with(".conf")) take_default_server(folder / name, server);
  return server;
}

void add(std::vector<fs::path>& sockets, const fs::path& socket) {
  if (socket.is_absolute()) sockets.push_back(socket);
}

}  // namespace

PulsePlaces pulse_places() {
  PulsePlaces places;
  std::istringstream named(named_pulse_servers());
  for (std::string address; named >> address;) {
    // "{number of a machine}unix:/path", "/path", "tcp:host:port", "host".
    if (address.starts_with('{')) address.erase(0, address.find('}') + 1);
    constexpr std::string_view kUnix = "unix:";
    const fs::path socket = address.starts_with(kUnix) ? address.substr(kUnix.size()) : address;
    add(places.sockets, socket);
    places.has_remote = places.has_remote || !socket.is_absolute();
  }
  if (!places.sockets.empty() || places.has_remote) return places;
  add(places.sockets, fs::path(environment_variable("PULSE_RUNTIME_PATH")) / "native");
  add(places.sockets, fs::path(environment_variable("XDG_RUNTIME_DIR")) / "pulse" / "native");
  add(places.sockets, "/run/pulse/native");
  return places;
}

std::vector<fs::path> pipewire_sockets() {
  const std::string given = environment_variable("PIPEWIRE_REMOTE");
  const std::string name = given.empty() ? "pipewire-0" : given;
  std::vector<fs::path> sockets;
  add(sockets, fs::path(environment_variable("PIPEWIRE_RUNTIME_DIR")) / name);
  add(sockets, fs::path(environment_variable("XDG_RUNTIME_DIR")) / name);
  return sockets;
}

std::string jack_files() {
  const std::string server = environment_variable("JACK_DEFAULT_SERVER");
  return "/dev/shm/jack_" + (server.empty() ? "default" : server) + "_";
}

}  // namespace refwave::hal
