// PortAudio on ALSA's plugin for JACK. This program then has two clients of one server: the plugin's, and
// PortAudio's, which no stream uses. When one opens after the server's end, libjack deletes the other.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/hal/portaudio/on_server.h"
#include "tests/support/alsa_jack.h"
#include "tests/support/eventually.h"

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
using test::Client;
using test::eventually;

class PortAudioAlsaJack : public test::OnServer<test::AlsaJack> {
 protected:
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
};

TEST_F(PortAudioAlsaJack, A_killed_server_ends_no_program_of_two_streams_that_opens_one_again) {
  const auto recorder = std::make_shared<Client>();
  auto player = run(std::make_shared<Client>(), Direction::output);
  auto other = run(recorder, Direction::input);
  ASSERT_TRUE(player != nullptr && other != nullptr);

  server.kill_server();
  player.reset();
  EXPECT_TRUE(eventually([&] { return recorder->losses == 1; }));
  for (int attempt = 0; attempt < 3; ++attempt)
    EXPECT_NE(backend->open({}, std::make_shared<Client>()).error, "");
  other.reset();

  server.start_server();
  EXPECT_NE(run(std::make_shared<Client>(), Direction::output), nullptr);
}

TEST_F(PortAudioAlsaJack, A_stream_that_never_started_does_not_start_after_the_servers_end) {
  const auto client = std::make_shared<Client>();
  auto player = run(client, Direction::output);
  ASSERT_NE(player, nullptr);
  const auto stopped =
      open(std::make_shared<Client>(), {.direction = Direction::input, .device = "ALSA/default"});
  ASSERT_NE(stopped, nullptr);

  server.kill_server();
  EXPECT_TRUE(eventually([&] { return client->losses == 1; }));
  player.reset();
  EXPECT_NE(backend->open({}, std::make_shared<Client>()).error, "");
  EXPECT_FALSE(stopped->start().ok());

  server.start_server();
  EXPECT_NE(run(std::make_shared<Client>(), Direction::output), nullptr);
}

}  // namespace
}  // namespace refwave::hal
