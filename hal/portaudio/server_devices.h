// The sinks and sources of PulseAudio and PipeWire, by the servers' own names. PortAudio does not list them:
// it sees only what ALSA's configuration names. One implementation a system, chosen by CMake. Thread:
// PortAudio's.
#pragma once

#include <portaudio.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hal/device.h"

namespace refwave::hal {

struct ServerDevice {
  std::string name;            // "PulseAudio/<sink>", "PipeWire/<node>"
  std::string pcm;             // how PortAudio is to open it
  std::uint16_t channels = 0;  // 0: the server does not tell
  std::uint32_t rate = 0;
};

/// Returns: what the running servers have now; PipeWire's only if PulseAudio's protocol finds none, because
/// PipeWire usually speaks both. Where no server has a socket, none is asked. A server that stands still is
/// waited for no longer than a third of a second.
std::vector<ServerDevice> server_devices(Direction direction);

/// Effects: a JACK server that has come back is found, while streams of other servers play on. No stream of
/// JACK's is open. Does nothing where JACK was not there when PortAudio was initialised.
void find_returned_jack();

/// What PortAudio needs to open such a device. As old as its use in PortAudio.
class ServerPcm {
 public:
  /// Effects: `parameters` open `pcm`, unless that is empty.
  ServerPcm(const std::string& pcm, PaStreamParameters& parameters);
  ~ServerPcm();
  ServerPcm(const ServerPcm&) = delete;
  ServerPcm& operator=(const ServerPcm&) = delete;

 private:
  struct HostInfo;
  std::unique_ptr<HostInfo> info_;
};

}  // namespace refwave::hal
