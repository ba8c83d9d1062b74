// Where this user's sound servers listen, according to their documentation. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace refwave::hal {

/// Where libpulse looks for a server.
struct PulsePlaces {
  std::vector<std::filesystem::path> sockets{};  // absolute
  bool has_remote = false;                       // a remote server is named, too
};

/// Returns: the servers in PULSE_SERVER, else in client.conf's default-server, else the usual places.
PulsePlaces pulse_places();

std::vector<std::filesystem::path> pipewire_sockets();

/// Returns: the prefix of the paths of a JACK server's files.
std::string jack_files();

inline bool is_there(const std::filesystem::path& socket) {
  std::error_code ignored;
  return std::filesystem::exists(socket, ignored);
}

}  // namespace refwave::hal
