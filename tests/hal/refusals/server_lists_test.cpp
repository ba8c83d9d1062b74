// The lists of PulseAudio and PipeWire, with libraries that lack a function or refuse a call, and devices
// with odd names.
#include <gtest/gtest.h>
#include <pipewire/pipewire.h>
#include <pulse/context.h>
#include <pulse/introspect.h>
#include <pulse/mainloop.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <thread>

#include "hal/portaudio/server_lists.h"
#include "tests/hal/refusals/replacement.h"
#include "tests/support/eventually.h"
#include "tests/support/private_pipewire.h"
#include "tests/support/private_pulse.h"
#include "tests/support/silent_server.h"
#include "tests/support/temporary_folder.h"

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using test::Missing;
using test::Replacement;

using Lister = ServerList(Direction, ServerDeadline);

ServerAnswer answer_of(ServerAnswer (*ask)(ServerDeadline)) {
  return ask(std::chrono::steady_clock::now() + 10s);
}

bool has(const std::vector<ServerDevice>& all, const std::string& name) {
  return std::ranges::any_of(all, [&](const ServerDevice& device) { return device.name == name; });
}

std::vector<ServerDevice> listed(Lister* list, Direction direction = Direction::output) {
  return list(direction, std::chrono::steady_clock::now() + 10s).devices;
}

/// Expects: the list is empty with this function in the library's place.
template <class Function>
void expect_empty_with(Lister* list, const char* name, Function* function) {
  const Replacement refusal(name, function);
  EXPECT_TRUE(listed(list).empty()) << name;
}

/// A connection to PulseAudio that breaks immediately.
class Broken : public Replacement {
 public:
  Broken()
      : Replacement(
            "pa_context_get_state", +[](const pa_context*) { return PA_CONTEXT_FAILED; }) {}
};

TEST(ServerLists, A_name_that_ALSAs_configuration_would_misread_is_not_plain) {
  EXPECT_TRUE(is_plain("alsa_output.pci-0000_00_1f.3.analog-stereo"));
  EXPECT_TRUE(is_plain("Kopfhörer {1}"));
  for (const char* name : {"", "a\"b", "a\\b", "a$b", "a\nb"}) EXPECT_FALSE(is_plain(name)) << name;
}

class PulseList : public testing::Test {
 protected:
  PulseList() { server.export_environment(); }
  ~PulseList() override { EXPECT_TRUE(has(listed(pulse_devices), "PulseAudio/ref")); }

  test::PrivatePulse server;
};

TEST_F(PulseList, Is_empty_if_the_library_or_one_of_its_functions_is_missing) {
  for (const char* name : {"libpulse.so.0", "pa_mainloop_new", "pa_context_set_subscribe_callback"}) {
    const Missing missing(name);
    EXPECT_TRUE(listed(pulse_devices).empty()) << name;
    EXPECT_EQ(answer_of(ask_pulse), ServerAnswer::unknown) << name;
  }
}

TEST_F(PulseList, Is_empty_if_the_library_refuses_a_call) {
  constexpr auto kNoTurn = +[](pa_mainloop*) { return -1; };
  expect_empty_with(
      pulse_devices, "pa_mainloop_new", +[]() -> pa_mainloop* { return nullptr; });
  expect_empty_with(
      pulse_devices, "pa_context_new", +[](pa_mainloop_api*, const char*) -> pa_context* { return nullptr; });
  expect_empty_with(
      pulse_devices, "pa_context_connect",
      +[](pa_context*, const char*, pa_context_flags_t, const pa_spawn_api*) { return -1; });
  expect_empty_with(
      pulse_devices, "pa_mainloop_prepare", +[](pa_mainloop*, int) { return -1; });
  expect_empty_with(pulse_devices, "pa_mainloop_poll", kNoTurn);
  expect_empty_with(pulse_devices, "pa_mainloop_dispatch", kNoTurn);
  expect_empty_with(
      pulse_devices, "pa_context_get_sink_info_list",
      +[](pa_context*, pa_sink_info_cb_t, void*) -> pa_operation* { return nullptr; });
}

/// Fills the listen backlog of a frozen server.
class Crowd {
 public:
  explicit Crowd(const test::PrivatePulse& server) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::ranges::copy(server.environment().at("PULSE_SERVER").substr(std::string_view("unix:").size()),
                      address.sun_path);
    do {
      clients_.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    } while (::connect(clients_.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    EXPECT_EQ(errno, EAGAIN);
  }
  ~Crowd() {
    for (const int client : clients_) ::close(client);
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

 private:
  std::vector<int> clients_;
};

TEST_F(PulseList, Comes_from_a_server_that_takes_no_more_clients_for_a_while) {
  server.freeze_server();
  const Crowd crowd(server);
  static std::atomic<int> tries;
  const Replacement counted(
      "pa_context_connect",
      +[](pa_context* context, const char* name, pa_context_flags_t flags, const pa_spawn_api* spawn) {
        ++tries;
        return test::function_in<decltype(pa_context_connect)>("libpulse.so.0", "pa_context_connect")(
            context, name, flags, spawn);
      });
  std::thread later([&] {
    EXPECT_TRUE(test::eventually([] { return tries > 1; }));
    server.thaw_server();
  });
  EXPECT_TRUE(has(listed(pulse_devices), "PulseAudio/ref"));
  later.join();
}

TEST_F(PulseList, Is_pending_only_while_a_server_may_still_list_it) {
  const auto pending = [] { return server_devices(Direction::output).pending; };
  EXPECT_EQ(pending(), Servers{});
  {
    const Broken broken;
    EXPECT_EQ(pending(), Servers{.pulse = true});
    const Replacement denied(
        "pa_context_errno", +[](const pa_context*) -> int { return PA_ERR_ACCESS; });
    EXPECT_EQ(pending(), Servers{});
  }
  const Missing missing("libpulse.so.0");
  EXPECT_EQ(pending(), Servers{}) << "no client can ask it";
}

TEST_F(PulseList, Has_no_answer_without_a_connection) {
  EXPECT_EQ(answer_of(ask_pulse), ServerAnswer::answers);
  const Broken broken;
  EXPECT_EQ(answer_of(ask_pulse), ServerAnswer::silent);
}

TEST_F(PulseList, Leaves_out_devices_without_a_plain_name) {
  const std::size_t before = listed(pulse_devices).size();
  const Replacement odd(
      "pa_context_get_sink_info_list", +[](pa_context* context, pa_sink_info_cb_t answer, void* self) {
        pa_sink_info info{};
        answer(context, &info, 0, self);
        info.name = "a \"sink\"";
        answer(context, &info, 0, self);
        return test::function_in<decltype(pa_context_get_sink_info_list)>(
            "libpulse.so.0", "pa_context_get_sink_info_list")(context, answer, self);
      });
  EXPECT_EQ(listed(pulse_devices).size(), before);
}

class PipewireList : public testing::Test {
 protected:
  PipewireList() { server.export_environment(); }
  ~PipewireList() override { EXPECT_TRUE(has(listed(pipewire_devices), "PipeWire/ref")); }

  test::PrivatePipewire server;
};

TEST_F(PipewireList, Is_empty_if_the_library_or_one_of_its_functions_is_missing) {
  for (const char* name : {"libpipewire-0.3.so.0", "pw_init", "pw_proxy_destroy"}) {
    const Missing missing(name);
    EXPECT_TRUE(listed(pipewire_devices).empty()) << name;
    EXPECT_EQ(answer_of(ask_pipewire), ServerAnswer::unknown) << name;
  }
}

TEST_F(PipewireList, Is_empty_if_the_library_refuses_a_call) {
  expect_empty_with(
      pipewire_devices, "pw_main_loop_new", +[](const spa_dict*) -> pw_main_loop* { return nullptr; });
  expect_empty_with(
      pipewire_devices, "pw_context_new",
      +[](pw_loop*, pw_properties*, std::size_t) -> pw_context* { return nullptr; });
  expect_empty_with(
      pipewire_devices, "pw_context_connect",
      +[](pw_context*, pw_properties*, std::size_t) -> pw_core* { return nullptr; });
}

/// PulseAudio has left its socket behind.
TEST_F(PipewireList, Is_complete_beside_a_dead_PulseAudio) {
  const test::TemporaryFolder folder;
  { const test::SilentServer dead(folder / "pulse"); }
  ASSERT_TRUE(fs::exists(folder / "pulse"));
  setenv("PULSE_SERVER", ("unix:" + (folder / "pulse").string()).c_str(), 1);
  const ServerList list = server_devices(Direction::output);
  EXPECT_TRUE(has(list.devices, "PipeWire/ref"));
  EXPECT_EQ(list.pending, Servers{});
}

TEST_F(PipewireList, Does_not_speak_for_a_PulseAudio_that_has_not_answered) {
  const test::TemporaryFolder folder;
  const test::SilentServer pulse(folder / "pulse");
  setenv("PULSE_SERVER", ("unix:" + (folder / "pulse").string()).c_str(), 1);
  const Broken broken;
  const ServerList list = server_devices(Direction::output);
  EXPECT_TRUE(has(list.devices, "PipeWire/ref"));
  EXPECT_EQ(list.pending, Servers{.pulse = true});
  EXPECT_TRUE(may_list(list.pending, "PulseAudio/usb"));
  EXPECT_TRUE(may_list(list.pending, "usb"));
  for (const char* name : {"PipeWire/usb", "ALSA/usb"}) EXPECT_FALSE(may_list(list.pending, name)) << name;
}

TEST_F(PipewireList, Has_no_answer_without_a_connection) {
  EXPECT_EQ(answer_of(ask_pipewire), ServerAnswer::answers);
  const Replacement broken(
      "pw_context_connect", +[](pw_context*, pw_properties*, std::size_t) -> pw_core* { return nullptr; });
  EXPECT_EQ(answer_of(ask_pipewire), ServerAnswer::silent);
}

TEST_F(PipewireList, Tells_sources_and_devices_of_both_directions_where_they_belong) {
  server.add_node("source", "Audio/Source");
  server.add_node("virtual", "Audio/Source/Virtual");
  server.add_node("both", "Audio/Duplex");
  server.add_node("video", "Video/Source");
  const auto outputs = listed(pipewire_devices);
  const auto inputs = listed(pipewire_devices, Direction::input);
  EXPECT_TRUE(has(outputs, "PipeWire/both"));
  EXPECT_FALSE(has(outputs, "PipeWire/source"));
  for (const char* name : {"PipeWire/source", "PipeWire/virtual", "PipeWire/both", "PipeWire/ref.monitor"})
    EXPECT_TRUE(has(inputs, name)) << name;
  EXPECT_FALSE(has(outputs, "PipeWire/video"));
  EXPECT_FALSE(has(inputs, "PipeWire/video"));
  EXPECT_FALSE(has(inputs, "PipeWire/both.monitor"));
}

}  // namespace
}  // namespace refwave::hal
