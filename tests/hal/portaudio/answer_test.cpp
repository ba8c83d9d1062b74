// Whether the sound server behind a device still answers, which tells a resting sink from a frozen server;
// and whether there is a server at all.
#include <gtest/gtest.h>

#include <type_traits>

#include "hal/portaudio/server_devices.h"
#include "hal/system/clock.h"
#include "tests/hal/portaudio/on_server.h"
#include "tests/support/eventually.h"
#include "tests/support/silent_server.h"
#include "tests/support/sound_servers.h"
#include "tests/support/temporary_folder.h"

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
using test::eventually;

/// Returns: whether a question from now on gets this answer. It is repeated, because on a busy machine a
/// server may not answer in time.
bool is_answer(Device& device, ServerAnswer wanted) {
  const std::int64_t since_ns = monotonic_now_ns();
  return eventually([&] { return device.ask_server(since_ns) == wanted; }, 30s);
}

template <class Server>
class PortAudioAnswer : public test::OnServer<Server> {
 protected:
  std::unique_ptr<Device> open(const std::string& name) {
    return test::OnServer<Server>::open(std::make_shared<test::Client>(), {.device = name, .rate = 48'000});
  }
};

TYPED_TEST_SUITE(PortAudioAnswer, test::TwoServers, test::ServerNames);

TYPED_TEST(PortAudioAnswer, Is_the_servers_while_it_runs_and_silence_while_it_is_frozen) {
  for (const std::string& name : {std::string(), std::string(TypeParam::kPrefix) + "ref"}) {
    const auto device = this->open(name);
    ASSERT_NE(device, nullptr);
    EXPECT_TRUE(is_answer(*device, ServerAnswer::answers)) << name;
    this->server.freeze_server();
    EXPECT_TRUE(is_answer(*device, ServerAnswer::silent)) << name;
    this->server.thaw_server();
    EXPECT_TRUE(is_answer(*device, ServerAnswer::answers)) << name;
  }
}

template <class Server>
class ServerPresence : public test::OnServer<Server> {
 protected:
  static bool is_there() {
    return std::is_same_v<Server, test::PrivateJack> ? is_jack_there() : is_sound_server_there();
  }
};

TYPED_TEST_SUITE(ServerPresence, test::ThreeServers, test::ServerNames);

TYPED_TEST(ServerPresence, Is_that_of_a_frozen_server_and_not_of_a_dead_one_s_socket) {
  EXPECT_TRUE(this->is_there());
  this->server.freeze_server();
  EXPECT_TRUE(this->is_there());
  this->server.kill_server();
  EXPECT_FALSE(this->is_there());
}

TEST(SocketPresence, Is_that_of_a_listener_in_the_folder_whatever_the_folder_s_name) {
  const test::TemporaryFolder folder;
  const std::filesystem::path socket = folder / "real" / "socket";
  std::filesystem::create_directory(folder / "real");
  std::filesystem::create_directory(folder / "another");
  std::filesystem::create_directory_symlink(folder / "real", folder / "link");
  setenv("PULSE_SERVER", ("unix:" + (folder / "link" / "socket").string()).c_str(), 1);
  EXPECT_FALSE(is_sound_server_there());
  {
    const test::SilentServer another(folder / "another" / "socket");
    EXPECT_FALSE(is_sound_server_there());
    const test::SilentServer server(socket);
    EXPECT_TRUE(is_sound_server_there());
  }
  EXPECT_TRUE(std::filesystem::exists(socket));
  EXPECT_FALSE(is_sound_server_there());
}

}  // namespace
}  // namespace refwave::hal
