// A private ALSA configuration, removed with the object. ALSA and PortAudio find the devices that it names;
// JACK finds no server.
#pragma once

#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/support/temporary_folder.h"

namespace refwave::test {

class OwnAlsa : public TemporaryFolder {
 public:
  static constexpr const char* kNull = "pcm.!default { type null }\n";
  /// No clock either, but its configuration does not say so: PortAudio's.
  static constexpr const char* kHiddenNull =
      "pcm.!default { type multi slaves.a { pcm { type null } channels 2 }\n"
      "bindings.0 { slave a channel 0 } bindings.1 { slave a channel 1 } }\n";

  explicit OwnAlsa(const std::string& text = kNull) {
    setenv("JACK_DEFAULT_SERVER", "refwave-none", 1);
    setenv("ALSA_CONFIG_PATH", (*this / "asound.conf").c_str(), 1);
    configure(text);
  }

  void configure(const std::string& text) const { std::ofstream(*this / "asound.conf") << text; }
};

}  // namespace refwave::test
