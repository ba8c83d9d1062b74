// The lists of PulseAudio and PipeWire, from which server_devices_linux.cpp makes one, and the question
// whether they still answer. Each function waits until `deadline` at most. A list is empty if its library or
// its server is missing. Thread: PortAudio's.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "hal/portaudio/server_devices.h"

namespace refwave::hal {

using ServerDeadline = std::chrono::steady_clock::time_point;

inline constexpr std::string_view kPulsePrefix = "PulseAudio/";
inline constexpr std::string_view kPipewirePrefix = "PipeWire/";

ServerList pulse_devices(Direction direction, ServerDeadline deadline);
ServerList pipewire_devices(Direction direction, ServerDeadline deadline);

/// Returns: as pulse_sink() of server_devices.h. `device`: without the server's prefix; empty: the default.
PulseSink ask_pulse_sink(Direction direction, const std::string& device, ServerDeadline deadline);

/// Returns: null if the library is missing.
std::unique_ptr<ServerFollower> follow_pulse(Direction direction);
std::unique_ptr<ServerFollower> follow_pipewire(Direction direction);

bool has_pulse_socket();
bool has_pipewire_socket();
bool is_pulse_there();
bool is_pipewire_there();
/// Precondition: the server has a socket.
ServerAnswer ask_pulse(ServerDeadline deadline);
ServerAnswer ask_pipewire(ServerDeadline deadline);

/// Returns: the time that is left; 0 after the deadline.
int milliseconds_until(ServerDeadline deadline);
/// Returns: whether a device's name may stand in an ALSA definition without quoting.
bool is_plain(std::string_view name);

}  // namespace refwave::hal
