// An ALSA configuration of a test's own, in which the one device hangs (tests/support/hanging_pcm.c): from
// the moment when the folder has a file "hang", until it has a file "wake". PortAudio in this process finds
// no other.
#pragma once

#include <cstdlib>
#include <fstream>

#include "tests/support/temporary_folder.h"

namespace refwave::test {

class HangingAlsa : public TemporaryFolder {
 public:
  HangingAlsa() {
    setenv("JACK_DEFAULT_SERVER", "refwave-none", 1);
    std::ofstream(*this / "asound.conf") << "pcm_type.hanging { lib \"" REFWAVE_HANGING_PCM "\" }\n"
                                         << "pcm.!default { type hanging hang \"" << (*this / "hang").string()
                                         << "\" wake \"" << (*this / "wake").string() << "\" }\n";
    setenv("ALSA_CONFIG_PATH", (*this / "asound.conf").c_str(), 1);
  }
};

}  // namespace refwave::test
