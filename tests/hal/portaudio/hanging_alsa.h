// An ALSA configuration of a test's own, in which the one device hangs (tests/support/hanging_pcm.c): as
// soon as the folder has a file "hang", which it removes, until there is a file "wake". While there is a file
// "spin", it is ready for nothing.
#pragma once

#include "tests/support/own_alsa.h"

namespace refwave::test {

class HangingAlsa : public OwnAlsa {
 public:
  HangingAlsa() {
    configure("pcm_type.hanging { lib \"" REFWAVE_HANGING_PCM "\" }\npcm.!default { type hanging hang \"" +
              (*this / "hang").string() + "\" wake \"" + (*this / "wake").string() + "\" spin \"" +
              (*this / "spin").string() + "\" }\n");
  }
};

}  // namespace refwave::test
