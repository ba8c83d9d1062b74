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
#include <array>
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

/// Nobody waits as long as that, as in listed().
ServerAnswer answer_of(ServerAnswer (*ask)(ServerDeadline)) {
  return ask(std::chrono::steady_clock::now() + 10s);
}

bool has(const std::vector<ServerDevice>& all, const std::string& name) {
  return std::ranges::any_of(all, [&](const ServerDevice& device) { return device.name == name; });
}

/// Nobody waits as long as that: the servers are there, and answer.
std::vector<ServerDevice> listed(Lister* list, Direction direction = Direction::output) {
  return list(direction, std::chrono::steady_clock::now() + 10s).devices;
}

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
  for (const char* name :
       {"libpulse.so.0", "pa_mainloop_new", "pa_mainloop_free", "pa_mainloop_get_api", "pa_mainloop_prepare",
        "pa_mainloop_poll", "pa_mainloop_dispatch", "pa_context_new", "pa_context_connect",
        "pa_context_get_state", "pa_context_errno", "pa_context_disconnect", "pa_context_unref",
        "pa_context_get_sink_info_list", "pa_context_get_source_info_list", "pa_operation_get_state",
        "pa_operation_unref"}) {
    const Missing missing(name);
    EXPECT_TRUE(listed(pulse_devices).empty()) << name;
    EXPECT_EQ(answer_of(ask_pulse), ServerAnswer::unknown) << name;
  }
}

TEST_F(PulseList, Is_empty_if_the_library_refuses_a_call) {
  constexpr auto kNoTurn = +[](pa_mainloop*) { return -1; };
  const auto is_empty_without = [](const char* name, auto function) {
    const Replacement refusal(name, function);
    EXPECT_TRUE(listed(pulse_devices).empty()) << name;
  };
  is_empty_without(
      "pa_mainloop_new", +[]() -> pa_mainloop* { return nullptr; });
  is_empty_without(
      "pa_context_new", +[](pa_mainloop_api*, const char*) -> pa_context* { return nullptr; });
  is_empty_without(
      "pa_context_connect",
      +[](pa_context*, const char*, pa_context_flags_t, const pa_spawn_api*) { return -1; });
  is_empty_without(
      "pa_mainloop_prepare", +[](pa_mainloop*, int) { return -1; });
  is_empty_without("pa_mainloop_poll", kNoTurn);
  is_empty_without("pa_mainloop_dispatch", kNoTurn);
  is_empty_without(
      "pa_context_get_state", +[](const pa_context*) { return PA_CONTEXT_FAILED; });
  is_empty_without(
      "pa_context_get_sink_info_list",
      +[](pa_context*, pa_sink_info_cb_t, void*) -> pa_operation* { return nullptr; });
}

/// As many clients as may wait at the door of a server that stands still.
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
  std::thread later([&] {
    std::this_thread::sleep_for(300ms);
    server.thaw_server();
  });
  EXPECT_TRUE(has(listed(pulse_devices), "PulseAudio/ref"));
  later.join();
}

TEST_F(PulseList, Is_followed_on_a_server_that_took_no_more_clients_for_a_while) {
  server.freeze_server();
  const auto follower = [&] {
    const Crowd crowd(server);
    auto made = follow_pulse(Direction::output);
    made->look();
    return made;
  }();
  server.thaw_server();
  EXPECT_TRUE(test::eventually([&] {
    follower->look();
    return follower->lacks("PulseAudio/nowhere");
  }));
  EXPECT_FALSE(follower->lacks("PulseAudio/ref"));
}

TEST_F(PulseList, Is_untold_only_by_a_server_that_may_yet_tell_it) {
  const auto untold = [] { return server_devices(Direction::output).untold; };
  EXPECT_EQ(untold(), Servers{});
  {
    const Replacement broken(
        "pa_context_get_state", +[](const pa_context*) { return PA_CONTEXT_FAILED; });
    EXPECT_EQ(untold(), Servers{.pulse = true});
    const Replacement denied(
        "pa_context_errno", +[](const pa_context*) -> int { return PA_ERR_ACCESS; });
    EXPECT_EQ(untold(), Servers{});
  }
  const Missing missing("libpulse.so.0");
  EXPECT_EQ(untold(), Servers{}) << "nobody can ask it";
}

TEST_F(PulseList, Has_no_answer_without_a_connection) {
  EXPECT_EQ(answer_of(ask_pulse), ServerAnswer::answers);
  const Replacement broken(
      "pa_context_get_state", +[](const pa_context*) { return PA_CONTEXT_FAILED; });
  EXPECT_EQ(answer_of(ask_pulse), ServerAnswer::silent);
}

bool is_asked = false;  // of the connection that breaks after the question

TEST_F(PulseList, Ends_when_the_connection_breaks_during_the_answer) {
  is_asked = false;
  const Replacement question(
      "pa_context_get_sink_info_list", +[](pa_context* context, pa_sink_info_cb_t answer, void* self) {
        is_asked = true;
        return test::function_in<decltype(pa_context_get_sink_info_list)>(
            "libpulse.so.0", "pa_context_get_sink_info_list")(context, answer, self);
      });
  const Replacement state(
      "pa_context_get_state", +[](const pa_context* context) {
        return is_asked ? PA_CONTEXT_FAILED
                        : test::function_in<decltype(pa_context_get_state)>("libpulse.so.0",
                                                                            "pa_context_get_state")(context);
      });
  EXPECT_TRUE(listed(pulse_devices).empty());
}

TEST_F(PulseList, Is_told_at_the_deadline_if_the_answer_has_no_end) {
  const Replacement endless(
      "pa_operation_get_state", +[](const pa_operation*) { return PA_OPERATION_RUNNING; });
  const auto deadline = std::chrono::steady_clock::now() + 2s;
  EXPECT_TRUE(has(pulse_devices(Direction::output, deadline).devices, "PulseAudio/ref"));
  EXPECT_GE(std::chrono::steady_clock::now(), deadline - 1ms);
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

TEST_F(PulseList, Finds_a_server_by_its_socket) {
  const fs::path socket = server.recorded_path().parent_path() / "run" / "pulse.sock";
  unsetenv("PULSE_SERVER");
  EXPECT_TRUE(listed(pulse_devices).empty()) << "there is no socket where one belongs";
  fs::create_symlink(socket, socket.parent_path() / "native");
  EXPECT_TRUE(has(listed(pulse_devices), "PulseAudio/ref"));
  unsetenv("PULSE_RUNTIME_PATH");
  EXPECT_TRUE(listed(pulse_devices).empty());
  fs::create_directory(socket.parent_path() / "pulse");
  fs::create_symlink(socket, socket.parent_path() / "pulse" / "native");
  EXPECT_TRUE(has(listed(pulse_devices), "PulseAudio/ref"));
}

class PipewireList : public testing::Test {
 protected:
  PipewireList() { server.export_environment(); }
  ~PipewireList() override { EXPECT_TRUE(has(listed(pipewire_devices), "PipeWire/ref")); }

  test::PrivatePipewire server;
};

TEST_F(PipewireList, Is_empty_if_the_library_or_one_of_its_functions_is_missing) {
  for (const char* name : {"libpipewire-0.3.so.0", "pw_init", "pw_main_loop_new", "pw_main_loop_get_loop",
                           "pw_main_loop_destroy", "pw_context_new", "pw_context_connect",
                           "pw_context_destroy", "pw_core_disconnect", "pw_proxy_destroy"}) {
    const Missing missing(name);
    EXPECT_TRUE(listed(pipewire_devices).empty()) << name;
    EXPECT_EQ(answer_of(ask_pipewire), ServerAnswer::unknown) << name;
  }
}

TEST_F(PipewireList, Is_empty_if_the_library_refuses_a_call) {
  const auto is_empty_without = [](const char* name, auto function) {
    const Replacement refusal(name, function);
    EXPECT_TRUE(listed(pipewire_devices).empty()) << name;
  };
  is_empty_without(
      "pw_main_loop_new", +[](const spa_dict*) -> pw_main_loop* { return nullptr; });
  is_empty_without(
      "pw_context_new", +[](pw_loop*, pw_properties*, std::size_t) -> pw_context* { return nullptr; });
  is_empty_without(
      "pw_context_connect", +[](pw_context*, pw_properties*, std::size_t) -> pw_core* { return nullptr; });
}

/// PulseAudio has ended, and its socket is still there.
TEST_F(PipewireList, Is_complete_beside_a_dead_PulseAudio) {
  const test::TemporaryFolder folder;
  { const test::SilentServer dead(folder / "pulse"); }
  ASSERT_TRUE(fs::exists(folder / "pulse"));
  setenv("PULSE_SERVER", ("unix:" + (folder / "pulse").string()).c_str(), 1);
  const ServerList list = server_devices(Direction::output);
  EXPECT_TRUE(has(list.devices, "PipeWire/ref"));
  EXPECT_EQ(list.untold, Servers{});
}

TEST_F(PipewireList, Does_not_speak_for_a_PulseAudio_that_has_not_answered) {
  const test::TemporaryFolder folder;
  const test::SilentServer pulse(folder / "pulse");
  setenv("PULSE_SERVER", ("unix:" + (folder / "pulse").string()).c_str(), 1);
  const Replacement broken(
      "pa_context_get_state", +[](const pa_context*) { return PA_CONTEXT_FAILED; });
  const ServerList list = server_devices(Direction::output);
  EXPECT_TRUE(has(list.devices, "PipeWire/ref"));
  EXPECT_EQ(list.untold, Servers{.pulse = true});
  EXPECT_TRUE(may_list(list.untold, "PulseAudio/usb"));
  EXPECT_TRUE(may_list(list.untold, "usb"));
  for (const char* name : {"PipeWire/usb", "ALSA/usb"}) EXPECT_FALSE(may_list(list.untold, name)) << name;
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

TEST_F(PipewireList, Finds_a_server_by_its_socket) {
  setenv("PIPEWIRE_REMOTE", "pipewire-1", 1);
  EXPECT_TRUE(listed(pipewire_devices).empty()) << "there is no such socket";
  setenv("PIPEWIRE_REMOTE", "pipewire-0", 1);
  EXPECT_TRUE(has(listed(pipewire_devices), "PipeWire/ref"));
  unsetenv("PIPEWIRE_REMOTE");
  unsetenv("PIPEWIRE_RUNTIME_DIR");
  EXPECT_TRUE(has(listed(pipewire_devices), "PipeWire/ref"));
}

}  // namespace
}  // namespace refwave::hal
