// An ALSA configuration whose only device hangs (tests/support/hanging_pcm.c) when the folder gets a file
// "hang", which it removes, until there is a file "wake". While there is a file "spin", it is never ready.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "hal/portaudio/backend.h"
#include "tests/hal/clients.h"
#include "tests/support/eventually.h"
#include "tests/support/own_alsa.h"
#include "tests/support/status.h"

namespace refwave::test {

class HangingAlsa : public OwnAlsa {
 public:
  HangingAlsa() {
    configure("pcm_type.hanging { lib \"" REFWAVE_HANGING_PCM "\" }\npcm.!default { type hanging hang \"" +
              (*this / "hang").string() + "\" wake \"" + (*this / "wake").string() + "\" spin \"" +
              (*this / "spin").string() + "\" }\n");
  }
};

class OnHangingAlsa : public testing::Test {
 protected:
  /// Returns: the device, which must open. It retries: while a close hangs, an open is refused, and on a busy
  /// machine PortAudio's first list may take too long.
  std::unique_ptr<hal::Device> open(const std::shared_ptr<Client>& client) {
    hal::OpenResult opened;
    EXPECT_TRUE(eventually([&] {
      opened = backend->open({.rate = 48'000}, client);
      return opened.device != nullptr;
    })) << opened.error;
    return std::move(opened.device);
  }
  std::unique_ptr<hal::Device> play(const std::shared_ptr<Client>& client) {
    auto device = open(client);
    if (!device) return nullptr;
    EXPECT_TRUE(succeeded(device->start()));
    EXPECT_TRUE(eventually([&] { return client->periods > 3; }));
    return device;
  }

  const HangingAlsa folder;
  std::unique_ptr<hal::Backend> backend = hal::make_portaudio_backend();
};

}  // namespace refwave::test
