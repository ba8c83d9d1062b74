// PortAudio and a JACK server of the test's own. When jackd dies PortAudio neither tells nor lets go: every
// call to stop or close such a stream hangs.
#include <gtest/gtest.h>

#include <cstring>

#include "hal/portaudio/backend.h"
#include "hal/system/owned_thread.h"
#include "tests/hal/clients.h"
#include "tests/support/eventually.h"
#include "tests/support/private_jack.h"

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
using test::Client;
using test::eventually;

class PortAudioJack : public testing::Test {
 protected:
  PortAudioJack() {
    jack.export_environment();
    backend = make_portaudio_backend();
  }

  test::PrivateJack jack;
  std::unique_ptr<Backend> backend;
  std::shared_ptr<Client> client = std::make_shared<Client>();
};

TEST_F(PortAudioJack, Opens_and_plays_at_the_servers_period) {
  OpenResult result = backend->open({.device = "JACK/system"}, client);
  ASSERT_EQ(result.error, "");
  EXPECT_EQ(result.device->info().format.rate, 48'000U);
  EXPECT_EQ(result.device->info().period_frames, 128U);
  EXPECT_EQ(result.device->start(), "");
  EXPECT_TRUE(eventually([&] { return client->periods > 20; }));
  EXPECT_EQ(result.device->stop(), "");
  EXPECT_EQ(client->losses, 0U);
}

TEST_F(PortAudioJack, A_killed_server_is_a_loss_told_once_and_keeps_nobody_waiting) {
  auto device = backend->open({}, client).device;
  ASSERT_NE(device, nullptr);
  device->start();
  EXPECT_TRUE(eventually([&] { return client->periods > 2; }));

  jack.kill_server();

  EXPECT_TRUE(eventually([&] { return client->losses > 0; }));
  const auto begin = std::chrono::steady_clock::now();
  device.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2'500ms);
  const auto middle = std::chrono::steady_clock::now();
  backend.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - middle, 2'500ms);
  EXPECT_EQ(client->losses, 1U);
  RecordProperty("threads_left_behind", static_cast<int>(abandoned_threads()));
}

}  // namespace
}  // namespace refwave::hal
