// The lists of PulseAudio and PipeWire, with libraries that lack a function or refuse a call, and devices
// with odd names.
#include <gtest/gtest.h>
#include <pipewire/pipewire.h>
#include <pulse/context.h>
#include <pulse/introspect.h>
#include <pulse/mainloop.h>

#include <algorithm>
#include <atomic>
#include <filesystem>

#include "hal/portaudio/server_lists.h"
#include "tests/hal/refusals/replacement.h"
#include "tests/support/silent_server.h"
#include "tests/support/sound_servers.h"
#include "tests/support/temporary_folder.h"

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
using test::Missing;
using test::Replacement;

bool has(const std::vector<ServerDevice>& all, const std::string& name) {
  return std::ranges::any_of(all, [&](const ServerDevice& device) { return device.name == name; });
}

auto in_time() { return std::chrono::steady_clock::now() + 10s; }

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

/// A call that the library refuses, and how the server then answers.
struct Refusal {
  template <class Result, class... Arguments>
  Refusal(const char* name, Result (*function)(Arguments...), ServerAnswer then = ServerAnswer::silent)
      : name(name), function(reinterpret_cast<void*>(function)), answer(then) {}
  const char* name;
  void* function;
  ServerAnswer answer;
};

struct Pulse : test::PrivatePulse {
  static constexpr auto kList = pulse_devices;
  static constexpr auto kAsk = ask_pulse;
  static constexpr const char* kNeeds[] = {"libpulse.so.0", "pa_mainloop_new",
                                           "pa_context_set_subscribe_callback"};
  static std::vector<Refusal> refusals() {
    constexpr auto kNoTurn = +[](pa_mainloop*) { return -1; };
    return {
        {"pa_mainloop_new", +[]() -> pa_mainloop* { return nullptr; }},
        {"pa_context_new", +[](pa_mainloop_api*, const char*) -> pa_context* { return nullptr; }},
        {"pa_context_connect",
         +[](pa_context*, const char*, pa_context_flags_t, const pa_spawn_api*) { return -1; }},
        {"pa_mainloop_prepare", +[](pa_mainloop*, int) { return -1; }},
        {"pa_mainloop_poll", kNoTurn},
        {"pa_mainloop_dispatch", kNoTurn},
        {"pa_context_get_sink_info_list",
         +[](pa_context*, pa_sink_info_cb_t, void*) -> pa_operation* { return nullptr; },
         ServerAnswer::answers},
    };
  }
};

struct Pipewire : test::PrivatePipewire {
  static constexpr auto kList = pipewire_devices;
  static constexpr auto kAsk = ask_pipewire;
  static constexpr const char* kNeeds[] = {"libpipewire-0.3.so.0", "pw_init", "pw_proxy_destroy"};
  static std::vector<Refusal> refusals() {
    return {
        {"pw_main_loop_new", +[](const spa_dict*) -> pw_main_loop* { return nullptr; }},
        {"pw_context_new", +[](pw_loop*, pw_properties*, std::size_t) -> pw_context* { return nullptr; }},
        {"pw_context_connect", +[](pw_context*, pw_properties*, std::size_t) -> pw_core* { return nullptr; }},
    };
  }
};

template <class Server>
class List : public testing::Test {
 protected:
  List() { server.export_environment(); }
  ~List() override { EXPECT_TRUE(has(listed(), std::string(Server::kPrefix) + "ref")); }

  static std::vector<ServerDevice> listed(Direction direction = Direction::output) {
    return Server::kList(direction, in_time()).devices;
  }

  Server server;
};

using Both = testing::Types<Pulse, Pipewire>;
TYPED_TEST_SUITE(List, Both, test::ServerNames);

TYPED_TEST(List, Is_empty_if_the_library_lacks_a_function_or_refuses_a_call) {
  EXPECT_EQ(TypeParam::kAsk(in_time()), ServerAnswer::answers);
  for (const char* name : TypeParam::kNeeds) {
    const Missing missing(name);
    EXPECT_TRUE(this->listed().empty()) << name;
    EXPECT_EQ(TypeParam::kAsk(in_time()), ServerAnswer::unknown) << name;
  }
  for (const Refusal& refusal : TypeParam::refusals()) {
    const Replacement refused(refusal.name, refusal.function);
    EXPECT_TRUE(this->listed().empty()) << refusal.name;
    EXPECT_EQ(TypeParam::kAsk(in_time()), refusal.answer) << refusal.name;
  }
}

using PulseList = List<Pulse>;

/// A busy server's listen backlog is full.
TEST_F(PulseList, Comes_from_a_server_that_refuses_the_connection_at_first) {
  static std::atomic<int> tries;
  tries = 0;
  const Replacement counted(
      "pa_context_connect",
      +[](pa_context* context, const char* name, pa_context_flags_t flags, const pa_spawn_api* spawn) {
        return ++tries < 3 ? -1
                           : test::function_in<decltype(pa_context_connect)>(
                                 "libpulse.so.0", "pa_context_connect")(context, name, flags, spawn);
      });
  const Replacement refused(
      "pa_context_errno", +[](const pa_context*) -> int { return PA_ERR_CONNECTIONREFUSED; });
  EXPECT_TRUE(has(listed(), "PulseAudio/ref"));
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

TEST_F(PulseList, Leaves_out_devices_without_a_plain_name) {
  const std::size_t before = listed().size();
  const Replacement odd(
      "pa_context_get_sink_info_list", +[](pa_context* context, pa_sink_info_cb_t answer, void* self) {
        pa_sink_info info{};
        info.name = "a \"sink\"";
        answer(context, &info, 0, self);
        return test::function_in<decltype(pa_context_get_sink_info_list)>(
            "libpulse.so.0", "pa_context_get_sink_info_list")(context, answer, self);
      });
  EXPECT_EQ(listed().size(), before);
}

using PipewireList = List<Pipewire>;

TEST_F(PipewireList, Is_complete_beside_a_dead_PulseAudio_and_does_not_speak_for_a_silent_one) {
  const test::TemporaryFolder folder;
  setenv("PULSE_SERVER", ("unix:" + (folder / "pulse").string()).c_str(), 1);
  {
    const test::SilentServer pulse(folder / "pulse");
    const Broken broken;
    const ServerList list = server_devices(Direction::output);
    EXPECT_TRUE(has(list.devices, "PipeWire/ref"));
    EXPECT_EQ(list.pending, Servers{.pulse = true});
    EXPECT_TRUE(may_list(list.pending, "PulseAudio/usb"));
    EXPECT_TRUE(may_list(list.pending, "usb"));
    for (const char* name : {"PipeWire/usb", "ALSA/usb"}) EXPECT_FALSE(may_list(list.pending, name)) << name;
  }
  ASSERT_TRUE(std::filesystem::exists(folder / "pulse")) << "it has left its socket behind";
  const ServerList list = server_devices(Direction::output);
  EXPECT_TRUE(has(list.devices, "PipeWire/ref"));
  EXPECT_EQ(list.pending, Servers{});
}

TEST_F(PipewireList, Tells_sources_and_devices_of_both_directions_where_they_belong) {
  server.add_node("source", "Audio/Source");
  server.add_node("virtual", "Audio/Source/Virtual");
  server.add_node("both", "Audio/Duplex");
  server.add_node("video", "Video/Source");
  const auto outputs = listed();
  const auto inputs = listed(Direction::input);
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
