// PortAudio on a private JACK: its ports, programs that open at the same time, and ALSA's plugin for JACK.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tests/hal/portaudio/on_server.h"
#include "tests/support/alsa_jack.h"
#include "tests/support/child_process.h"
#include "tests/support/entries.h"
#include "tests/support/eventually.h"
#include "tests/support/private_jack.h"
#include "tests/support/temporary_folder.h"

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
using test::Client;
using test::eventually;
using testing::HasSubstr;

class PortAudioJack : public test::OnServer<test::PrivateJack> {
 protected:
  static std::string ports(std::vector<std::string> options = {}) {
    options.insert(options.begin(), "jack_lsp");
    options.emplace_back("refwave:");
    const test::TemporaryFolder folder;
    EXPECT_EQ(test::ChildProcess(options, {}, folder / "ports").end(0), 0);
    return test::contents_of(folder / "ports");
  }

  const std::shared_ptr<Client> client = std::make_shared<Client>();
};

/// If a port is unregistered while connections change, libjack's own thread crashes.
TEST_F(PortAudioJack, Keeps_its_ports_when_a_stream_ends_and_uses_them_again) {
  const auto has_two_ports = testing::AllOf(HasSubstr("refwave:out_0\n"), HasSubstr("refwave:out_1\n"),
                                            testing::Not(HasSubstr("out_2")));
  const auto plays = testing::AllOf(HasSubstr("system:playback_1"), HasSubstr("system:playback_2"));
  const auto other = open(client, {.direction = Direction::input, .device = "JACK/system"});
  for (int stream = 0; stream < 3; ++stream) {
    const auto device = start(client, {.device = "JACK/system"});
    EXPECT_THAT(ports({"-c"}), testing::AllOf(has_two_ports, plays));
  }
  EXPECT_THAT(ports({"-c"}), testing::AllOf(has_two_ports, testing::Not(HasSubstr("system:"))));
}

TEST_F(PortAudioJack, Is_left_with_the_last_stream_and_served_again_by_the_next) {
  for (int life = 0; life < 3; ++life) {
    auto device = start(client, {.device = "JACK/system"});
    EXPECT_THAT(ports(), HasSubstr("refwave:out_0\n"));
    const std::uint32_t before = client->periods;
    EXPECT_TRUE(eventually([&] { return client->periods > before + 3; }));
    device.reset();
    EXPECT_TRUE(eventually([] { return ports().empty(); }));
  }
  const auto threads = [] { return test::entries_in("/proc/self/task"); };
  const auto without_a_client = threads();
  const std::vector<DeviceInfo> listed = backend->list(Direction::output);
  EXPECT_GT(threads(), without_a_client) << "of the client that has made the list";
  EXPECT_TRUE(eventually([&] { return threads() <= without_a_client; }));
  const auto system = std::ranges::find(listed, "JACK/system", &DeviceInfo::name);
  ASSERT_NE(system, listed.end());
  EXPECT_EQ(system->rates, 0b10U) << "only the server's own, 48000";
}

TEST(PortAudioJackThatConnectsNobody, Is_played_to_unconnected_and_says_so) {
  for (const char* refused : {"E", "A"}) {
    test::PrivateJack jack(48'000, test::PrivateJack::Cycle::goes_on, 128, {"-a", refused});
    jack.export_environment();
    const auto backend = make_portaudio_backend();
    for (const Direction direction : {Direction::output, Direction::input}) {
      const auto client = std::make_shared<Client>();
      OpenResult result;
      // On a busy machine a server may not answer in time.
      ASSERT_TRUE(eventually([&] {
        result = backend->open({.direction = direction, .device = "JACK/system"}, client);
        return result.device != nullptr;
      })) << result.error;
      EXPECT_TRUE(test::succeeded(result.device->start()));
      EXPECT_THAT(result.device->caution(), HasSubstr("refuses the connections"));
      EXPECT_TRUE(eventually([&] { return client->periods > 20; }));
      EXPECT_EQ(client->losses, 0U);
    }
  }
}

/// Another client is blocked, and the server waits for it.
TEST(PortAudioJackInAWait, Is_given_up_and_serves_again_when_it_goes_on) {
  test::PrivateJack jack(48'000, test::PrivateJack::Cycle::waits_for_clients);
  jack.export_environment();
  const auto backend = make_portaudio_backend();
  const auto client = std::make_shared<Client>();
  // Keeps refwave a client of the server.
  const OpenResult other = backend->open({.direction = Direction::input, .device = "JACK/system"}, client);
  ASSERT_NE(other.device, nullptr) << other.error;
  jack.freeze_ear();
  OpenResult result = backend->open({.device = "JACK/system"}, client);
  // The second, if the server's own answer comes after the driver's two seconds.
  EXPECT_THAT(result.error, testing::AnyOf(HasSubstr("Wait timed out"), HasSubstr("does not respond")));
  jack.thaw_ear();
  EXPECT_TRUE(eventually([&] {
    result = backend->open({.device = "JACK/system"}, client);
    return result.device != nullptr && result.device->start().ok();
  })) << result.error;
  EXPECT_TRUE(eventually([&] { return client->periods > 20; }));
}

TEST_F(PortAudioJack, Is_the_default_where_ALSA_has_no_configuration) {
  setenv("ALSA_CONFIG_PATH", "/dev/null", 1);
  const auto device = start(client, {});
  ASSERT_NE(device, nullptr);
  EXPECT_EQ(device->info().name, "JACK/system");
}

/// JACK names the socket that reports the server's end after the client alone: two clients of one name that
/// open at the same time, even on two servers, would steal it from each other.
TEST_F(PortAudioJack, Waits_for_another_program_that_is_opening_and_not_for_ever) {
  const std::string path = "/dev/shm/refwave-jack-" + std::to_string(getuid()) + ".lock";
  const int other = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  EXPECT_TRUE(eventually([&] { return flock(other, LOCK_EX | LOCK_NB) == 0; }));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_NE(open(client, {}), nullptr);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 400ms);
  close(other);
}

/// On ALSA's plugin for JACK. This program then has two clients of one server: the plugin's, and PortAudio's,
/// which no stream uses. When one opens after the server's end, libjack deletes the other.
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

}  // namespace
}  // namespace refwave::hal
