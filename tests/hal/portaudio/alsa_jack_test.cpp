// PortAudio on ALSA's plugin for JACK. Two clients of one server are then in this program: the plugin's, and
// that of PortAudio's JACK, which no stream uses. When one of the two opens after the server's end, libjack
// deletes the other.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "hal/portaudio/backend.h"
#include "tests/hal/clients.h"
#include "tests/support/alsa_jack.h"
#include "tests/support/eventually.h"

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
using test::Client;
using test::eventually;

class PortAudioAlsaJack : public testing::Test {
 protected:
  PortAudioAlsaJack() {
    jack.export_environment();
    backend = make_portaudio_backend();
  }

  /// Returns: a device that plays, or records; null if it does not in time.
  std::unique_ptr<Device> run(const std::shared_ptr<Client>& client, Direction direction) {
    std::unique_ptr<Device> device;
    const bool runs = eventually(
        [&] {
          device = backend->open({.direction = direction, .device = "ALSA/default"}, client).device;
          return device && device->start().ok() &&
                 eventually([&] { return client->periods > 3 || client->losses > 0; }, 2s) &&
                 client->losses == 0;
        },
        30s);
    EXPECT_TRUE(runs) << backend->problem();
    return runs ? std::move(device) : nullptr;
  }

  test::AlsaJack jack;
  std::unique_ptr<Backend> backend;
};

TEST_F(PortAudioAlsaJack, A_killed_server_ends_no_program_that_opens_again) {
  const auto client = std::make_shared<Client>();
  auto device = run(client, Direction::output);
  ASSERT_NE(device, nullptr);

  jack.kill_server();
  device.reset();
  for (int attempt = 0; attempt < 3; ++attempt) EXPECT_NE(backend->open({}, client).error, "");

  jack.start_server();
  EXPECT_NE(run(std::make_shared<Client>(), Direction::output), nullptr);
}

/// The open of one deletes the client of the other in libjack.
TEST_F(PortAudioAlsaJack, A_killed_server_ends_no_program_of_two_streams_that_opens_one_again) {
  const auto recorder = std::make_shared<Client>();
  auto player = run(std::make_shared<Client>(), Direction::output);
  auto other = run(recorder, Direction::input);
  ASSERT_TRUE(player != nullptr && other != nullptr);

  jack.kill_server();
  player.reset();
  EXPECT_TRUE(eventually([&] { return recorder->losses == 1; }));
  EXPECT_NE(backend->open({}, std::make_shared<Client>()).error, "");
  other.reset();

  jack.start_server();
  EXPECT_NE(run(std::make_shared<Client>(), Direction::output), nullptr);
}

TEST_F(PortAudioAlsaJack, A_stream_that_never_started_does_not_start_after_the_servers_end) {
  const auto client = std::make_shared<Client>();
  auto player = run(client, Direction::output);
  ASSERT_NE(player, nullptr);
  const auto stopped =
      backend->open({.direction = Direction::input, .device = "ALSA/default"}, std::make_shared<Client>());
  ASSERT_EQ(stopped.error, "");

  jack.kill_server();
  EXPECT_TRUE(eventually([&] { return client->losses == 1; }));
  player.reset();
  EXPECT_NE(backend->open({}, std::make_shared<Client>()).error, "");
  EXPECT_FALSE(stopped.device->start().ok());

  jack.start_server();
  EXPECT_NE(run(std::make_shared<Client>(), Direction::output), nullptr);
}

}  // namespace
}  // namespace refwave::hal
