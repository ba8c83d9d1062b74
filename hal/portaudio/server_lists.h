// The two servers' own lists, behind server_devices.h, which alone uses this. Each waits until `deadline` at
// most, and returns nothing when its library or its server is not there. Thread: PortAudio's.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "hal/portaudio/server_devices.h"

namespace refwave::hal {

using ServerDeadline = std::chrono::steady_clock::time_point;

std::vector<ServerDevice> pulse_devices(Direction direction, ServerDeadline deadline);
std::vector<ServerDevice> pipewire_devices(Direction direction, ServerDeadline deadline);

/// Returns: the time that is left, 0 at least.
int milliseconds_until(ServerDeadline deadline);
/// Returns: the value of an environment variable, empty without one.
std::string environment_variable(const char* name);
/// Returns: whether there is such a file, in a folder that an environment variable names.
bool exists_in(const char* folder_variable, const std::filesystem::path& file);
/// Returns: whether a server's name can stand in a definition of ALSA's.
bool is_plain(std::string_view name);

}  // namespace refwave::hal
