// A server's sinks and sources by the server's own names, which are in no ALSA configuration.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>

#include "hal/clocked/clocked_backend.h"
#include "hal/devices.h"
#include "tests/hal/portaudio/on_server.h"
#include "tests/support/processor_waits.h"
#include "tests/support/silent_server.h"
#include "tests/support/sound_servers.h"
#include "tests/support/temporary_folder.h"

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
using test::Client;
using test::eventually;

template <class Server>
class PortAudioNames : public test::OnServer<Server> {
 protected:
  PortAudioNames() { testing::internal::CaptureStderr(); }
  ~PortAudioNames() override { EXPECT_EQ(testing::internal::GetCapturedStderr(), ""); }

  static std::string name(const std::string& device) { return Server::kPrefix + device; }
  bool has(Direction direction, const std::string& device) {
    return std::ranges::any_of(this->backend->list(direction),
                               [&](const DeviceInfo& info) { return info.name == name(device); });
  }
  /// Returns: whether it soon has. On a loud machine a server may not list within its second.
  bool lists(Direction direction, const std::string& device) {
    return eventually([&] { return has(direction, device); });
  }
};

TYPED_TEST_SUITE(PortAudioNames, test::TwoServers, test::ServerNames);

TYPED_TEST(PortAudioNames, Sinks_and_what_records_them_are_listed_with_the_servers_rate) {
  this->server.add_other_sink();
  EXPECT_TRUE(this->lists(Direction::output, "ref"));
  EXPECT_TRUE(this->lists(Direction::output, "other"));
  EXPECT_FALSE(this->has(Direction::output, "ref.monitor"));
  EXPECT_TRUE(this->lists(Direction::input, "ref.monitor"));
  for (const DeviceInfo& info : this->backend->list(Direction::output)) {
    if (!info.name.starts_with(TypeParam::kPrefix)) continue;
    EXPECT_EQ(info.default_rate, 48'000U) << info.name;
    EXPECT_EQ(info.rates, kAllRates) << info.name << ": the server resamples";
    EXPECT_EQ(info.max_channels, 2U) << info.name;
    EXPECT_FALSE(info.is_default) << info.name;
  }
}

TYPED_TEST(PortAudioNames, A_name_of_a_frozen_server_is_not_unknown) {
  this->server.freeze_server();
  const OpenRequest request{.device = this->name("ref"), .rate = 48'000};
  const OpenResult refused = this->backend->open(request, std::make_shared<Client>());
  EXPECT_EQ(refused.error, request.device + ": the sound server does not respond; resume or restart it");
  EXPECT_FALSE(refused.is_unknown);
  EXPECT_EQ(this->backend->availability(), Availability::server_pending);
  this->server.thaw_server();
  EXPECT_TRUE(
      eventually([&] { return this->backend->open(request, std::make_shared<Client>()).device != nullptr; }));
  EXPECT_TRUE(this->backend->open({.device = this->name("nowhere")}, std::make_shared<Client>()).is_unknown);
  EXPECT_EQ(this->backend->availability(), Availability::unusable);
}

TYPED_TEST(PortAudioNames, A_server_that_stands_still_is_not_waited_for_longer_than_two_and_a_half_seconds) {
  EXPECT_TRUE(this->lists(Direction::output, "ref"));
  this->server.freeze_server();
  EXPECT_TRUE(test::is_within(2'500ms, [&] { return !this->has(Direction::output, "ref"); }));
  this->server.thaw_server();
  EXPECT_TRUE(this->lists(Direction::output, "ref"));
}

std::vector<std::unique_ptr<Backend>> real_devices() {
  std::vector<std::unique_ptr<Backend>> backends;
  backends.push_back(make_portaudio_backend());
  backends.push_back(std::make_unique<ClockedBackend>(ClockedOptions{}));
  return backends;
}

template <class Server>
class PortAudioOneName : public testing::Test {
 protected:
  PortAudioOneName() {
    server.export_environment();
    const std::string before = std::getenv("ALSA_CONFIG_PATH");
    std::ofstream(folder / "asound.conf")
        << std::ifstream(before).rdbuf()
        << "pcm.hangs { type pulse server \"unix:" << (folder / "socket").string() << "\" }\n";
    setenv("ALSA_CONFIG_PATH", (folder / "asound.conf").c_str(), 1);
  }
  static std::string name() {
    if constexpr (std::is_same_v<Server, test::PrivateJack>)
      return "JACK/system";
    else
      return std::string(Server::kPrefix) + "ref";
  }

  Server server;
  test::TemporaryFolder folder;
  Devices devices{real_devices()};
};

TYPED_TEST_SUITE(PortAudioOneName, test::ThreeServers, test::ServerNames);

/// On a busy machine a look at all of ALSA's devices would exceed the deadline of an open.
TYPED_TEST(PortAudioOneName, Is_opened_without_a_question_to_other_devices) {
  const test::SilentServer hangs(this->folder / "socket");
  if (std::is_same_v<TypeParam, test::PrivateJack>)
    setenv("PULSE_SERVER", ("unix:" + (this->folder / "socket").string()).c_str(), 1);
  DeviceResult result;
  ASSERT_TRUE(eventually([&] {
    result = this->devices.open({.device = this->name()}, std::make_shared<Client>(), Fallback::none);
    return result.device != nullptr;
  })) << result.error;
  EXPECT_EQ(result.device->info().name, this->name());
  EXPECT_FALSE(hangs.is_asked());
}

}  // namespace
}  // namespace refwave::hal
