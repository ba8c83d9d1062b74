// Where the sound servers of this user listen, after the servers' own documentation. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace refwave::hal {

/// Where libpulse looks for its server.
struct PulsePlaces {
  std::vector<std::filesystem::path> sockets{};  // absolute
  bool has_remote = false;                       // a server on another machine is named, too
};

/// Returns: the servers that PULSE_SERVER names, or else default-server in libpulse's client.conf; the usual
/// places if neither names one.
PulsePlaces pulse_places();

std::vector<std::filesystem::path> pipewire_sockets();

/// Returns: how the names of a JACK server's files begin, its folder included.
std::string jack_files();

inline bool is_there(const std::filesystem::path& socket) {
  std::error_code ignored;
  return std::filesystem::exists(socket, ignored);
}

}  // namespace refwave::hal
