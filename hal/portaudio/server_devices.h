// The sinks and sources of PulseAudio and PipeWire, by the servers' own names. PortAudio does not list them,
// because it sees only the devices that ALSA's configuration names. Each system has its own source file,
// which CMake chooses. Thread: PortAudio's.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hal/device.h"
#include "hal/portaudio/latency.h"

namespace refwave::hal {

/// A sink or a source of a sound server.
struct ServerDevice {
  std::string name;            // "PulseAudio/<sink>", "PipeWire/<node>"
  std::string pcm;             // ALSA's definition, by which PortAudio opens the device
  std::uint16_t channels = 0;  // 0: the server does not report it
  std::uint32_t rate = 0;
};

/// A set of sound servers.
struct Servers {
  bool pulse = false;
  bool pipewire = false;
  bool operator==(const Servers&) const = default;
};

/// What the servers have, as far as they have reported it.
struct ServerList {
  std::vector<ServerDevice> devices{};
  Servers pending{};  // they listen on this machine, and have not reported all their devices
  Servers refuses{};  // they refuse this user
};

/// Returns: the devices of the running servers. PipeWire's own list is used only if PulseAudio's protocol
/// yields none. A server is asked only if it has a socket, for a second at most.
ServerList server_devices(Direction direction);

bool is_servers_name(const std::string& name);
/// Returns: whether one of the servers may list a device of that name, or part of a name without a prefix.
bool may_list(const Servers& servers, const std::string& name);

/// Returns: the servers that have a socket now and may be behind the device of that name.
Servers servers_behind(const std::string& device);
/// Returns: `answers` if one of them does; `silent` if none of them does in about a second, or none has a
/// socket any more; `unknown` if there are none, or if their libraries are missing.
ServerAnswer ask_servers(const Servers& servers);

/// PulseAudio's description of a sink.
struct PulseSink {
  Buffering buffering{};       // zeros if it takes audio as a stream wishes (it schedules by timer)
  std::uint16_t speakers = 0;  // its channels, if each is a loudspeaker
};

/// Returns: its report of that sink, or of the server's default sink unless `name` is one of
/// server_devices(). Zeros for a source, and if the server does not answer in a third of a second.
PulseSink pulse_sink(Direction direction, const std::string& name);

/// Follows, over a connection of its own, which devices of a direction a server has. A stream is not notified
/// when its device is removed: the server moves it to another one.
class ServerFollower {
 public:
  virtual ~ServerFollower() = default;
  /// Effects: processes what the server has reported since the last look. Does not wait.
  virtual void look() = 0;
  /// Returns: whether the server has reported all its devices, and the one of that name is not among them.
  bool lacks(const std::string& name) const {
    return has_all_ && name.starts_with(prefix_) &&
           std::ranges::none_of(names_, [&](const auto& device) { return device.second == name; });
  }

 protected:
  explicit ServerFollower(std::string_view prefix) : prefix_(prefix) {}

  const std::string_view prefix_;
  std::map<std::uint32_t, std::string> names_;  // by the server's numbers
  bool has_all_ = false;
};
/// Returns: the follower for the server of this device's name; null if it is no server's.
std::unique_ptr<ServerFollower> follow_server(Direction direction, const std::string& device);

/// Returns: why a call into PortAudio does not return, with a remedy. `device`: empty if not known.
std::string reason_of_hang(const std::string& device);

/// Returns: whether a server listens at its socket, even if it does not answer now. Does not wait.
bool is_sound_server_there();  // PulseAudio or PipeWire
bool is_jack_there();
/// Returns: whether the kernel has a sound card for that direction, even a busy one.
bool is_card_there(Direction direction);

/// Effects: finds a JACK server that has come back, while streams of other servers play on. Does nothing if
/// there was no JACK server when PortAudio was initialised. Precondition: no stream of JACK's is open.
void find_returned_jack();

}  // namespace refwave::hal
