// A server's sinks and sources by the server's own names, which are in no ALSA configuration.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <type_traits>

#include "tests/hal/portaudio/on_server.h"
#include "tests/support/silent_server.h"
#include "tests/support/sound_servers.h"
#include "tests/support/temporary_folder.h"

namespace refwave::hal {
namespace {

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

template <class Server>
class PortAudioOneName : public test::OnServer<Server> {};

TYPED_TEST_SUITE(PortAudioOneName, test::ThreeServers, test::ServerNames);

/// On a busy machine a look at all of ALSA's devices would exceed the deadline of an open.
TYPED_TEST(PortAudioOneName, Is_opened_without_a_question_to_other_devices) {
  const test::TemporaryFolder folder;
  const std::string server = "unix:" + (folder / "socket").string();
  const test::SilentServer hangs(folder / "socket");
  std::ofstream(folder / "asound.conf") << std::ifstream(std::getenv("ALSA_CONFIG_PATH")).rdbuf()
                                        << "pcm.hangs { type pulse server \"" << server << "\" }\n";
  setenv("ALSA_CONFIG_PATH", (folder / "asound.conf").c_str(), 1);
  std::string name = "JACK/system";
  if constexpr (std::is_same_v<TypeParam, test::PrivateJack>)
    setenv("PULSE_SERVER", server.c_str(), 1);
  else
    name = TypeParam::kPrefix + std::string("ref");
  const auto device = this->open(std::make_shared<Client>(), {.device = name});
  ASSERT_NE(device, nullptr);
  EXPECT_EQ(device->info().name, name);
  EXPECT_FALSE(hangs.is_asked());
}

}  // namespace
}  // namespace refwave::hal
