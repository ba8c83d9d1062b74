// An ALSA configuration whose only device hangs (tests/support/hanging_pcm.c) when the folder gets a file
// "hang", which it removes, until there is a file "wake". While there is a file "spin", it is never ready.
#pragma once

#include "tests/hal/portaudio/on_server.h"
#include "tests/support/own_alsa.h"

namespace refwave::test {

class HangingAlsa : public OwnAlsa {
 public:
  HangingAlsa() {
    configure("pcm_type.hanging { lib \"" REFWAVE_HANGING_PCM "\" }\npcm.!default { type hanging hang \"" +
              (*this / "hang").string() + "\" wake \"" + (*this / "wake").string() + "\" spin \"" +
              (*this / "spin").string() + "\" }\n");
  }
  void export_environment() const {}  // OwnAlsa has
};

class OnHangingAlsa : public OnServer<HangingAlsa> {
 protected:
  std::unique_ptr<hal::Device> play(const std::shared_ptr<Client>& client) {
    auto device = start(client);
    if (device) {
      EXPECT_TRUE(eventually([&] { return client->periods > 3; }));
    }
    return device;
  }
};

}  // namespace refwave::test
