// PortAudio on a private sound server.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "hal/portaudio/backend.h"
#include "tests/hal/clients.h"
#include "tests/support/eventually.h"
#include "tests/support/status.h"

namespace refwave::test {

template <class Server>
class OnServer : public testing::Test {
 protected:
  OnServer() { server.export_environment(); }

  /// Returns: the device, which must open. It retries: on a loud machine an open may time out.
  std::unique_ptr<hal::Device> open(const std::shared_ptr<hal::AudioCallback>& client,
                                    const hal::OpenRequest& request = {.rate = 48'000}) {
    hal::OpenResult result;
    eventually([&] { return (result = backend->open(request, client)).device != nullptr; });
    EXPECT_EQ(result.error, "");
    return std::move(result.device);
  }
  std::unique_ptr<hal::Device> start(const std::shared_ptr<hal::AudioCallback>& client,
                                     const hal::OpenRequest& request = {.rate = 48'000}) {
    auto device = open(client, request);
    if (device) {
      EXPECT_TRUE(succeeded(device->start()));
    }
    return device;
  }

  Server server;
  std::unique_ptr<hal::Backend> backend = hal::make_portaudio_backend();
};

}  // namespace refwave::test
