// A private JACK that refwave finds only through ALSA's plugin for JACK. PortAudio's own JACK client exists,
// too, but no stream uses it.
#pragma once

#include <fstream>

#include "tests/support/private_jack.h"

namespace refwave::test {

class AlsaJack : public PrivateJack {
 public:
  static constexpr const char* kInput = "ALSA/default";

  // PortAudio does not list the plugin beside a server of shorter periods.
  explicit AlsaJack(Cycle cycle = Cycle::goes_on) : PrivateJack(48'000, cycle, 256) {
    std::ofstream(folder_ / "asound.conf")
        << "pcm.!default {\n"
           "  type jack\n"
           "  playback_ports { 0 system:playback_1  1 system:playback_2 }\n"
           "  capture_ports { 0 system:capture_1  1 system:capture_2 }\n"
           "}\n";
  }
};

}  // namespace refwave::test
