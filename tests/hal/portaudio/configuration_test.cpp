// Another device becomes the default. Here the test says so; on Windows the system does
// (device_changes_windows.cpp).
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/portaudio/backend.h"
#include "hal/portaudio/session.h"
#include "tests/hal/clients.h"
#include "tests/hal/portaudio/hanging_alsa.h"
#include "tests/support/eventually.h"
#include "tests/support/own_alsa.h"

namespace refwave::hal {
namespace {

using test::Client;
using test::eventually;
using testing::HasSubstr;

class PortAudioDefault : public testing::Test {
 protected:
  void TearDown() override { session.end(); }

  PortAudioSession::StreamPointer open(const std::string& device) {
    return session.open({.device = device, .rate = 48'000}, client, error);
  }
  PortAudioSession::StreamPointer play(const std::string& device) {
    auto stream = open(device);
    EXPECT_NE(stream, nullptr) << error;
    if (!stream) return nullptr;
    EXPECT_TRUE(test::succeeded(session.start(*stream)));
    EXPECT_TRUE(eventually([&] { return client->periods > 3; }));
    return stream;
  }
  void change_the_default() { ++changes->defaults[static_cast<std::size_t>(Direction::output)]; }

  const test::HangingAlsa folder;
  const std::shared_ptr<ChangeCounts> changes = std::make_shared<ChangeCounts>();
  const std::shared_ptr<Client> client = std::make_shared<Client>();
  std::string error;
  PortAudioSession session{changes};
};

TEST_F(PortAudioDefault, A_stream_on_the_old_one_is_lost_and_others_play_on_until_the_default_is_asked_for) {
  for (const char* name : {"", "ALSA/default"}) {
    client->periods = client->losses = 0;
    const auto stream = play(name);
    ASSERT_NE(stream, nullptr);
    session.watch();
    EXPECT_FALSE(stream->is_lost());

    change_the_default();
    session.watch();

    const bool is_named = *name != '\0';
    EXPECT_NE(stream->is_lost(), is_named);
    if (is_named) {
      EXPECT_EQ(open("default"), nullptr);
      EXPECT_THAT(error, HasSubstr("the default device has changed"));
      EXPECT_TRUE(stream->is_lost()) << "PortAudio finds the new default when nothing plays any more";
    }
    EXPECT_EQ(client->losses, 1U);
    EXPECT_THAT(session.start(*stream).reason(), HasSubstr("the device has gone"));
    session.close(stream);
    client->periods = 0;
    const auto next = play("default");
    ASSERT_NE(next, nullptr);
    session.watch();
    EXPECT_FALSE(next->is_lost());
    session.close(next);
  }
}

// PortAudio on a system without sound, or with an ALSA configuration that it cannot use.

class PortAudioConfiguration : public testing::Test {
 protected:
  const test::OwnAlsa alsa;
  std::unique_ptr<Backend> backend = make_portaudio_backend();
};

struct Opened {
  const char* configuration;
  const char* device;
  const char* error;  // a part of it, in one line with ALSA's reason
};

TEST_F(PortAudioConfiguration, What_does_not_open_says_why_also_where_PortAudio_would_abort) {
  for (const auto& [configuration, device, error] : {
           Opened{"pcm.other { type null }", "", "has no pcm.default"},
           Opened{"", "", "has no pcm.default"},
           Opened{"pcm.!default { type null", "", "cannot be read"},
           Opened{"pcm.!default { type hw card 31 }", "",
                  "PortAudio has no default device (ALSA/default: No such file or directory)"},
           Opened{"pcm.!default { type null }\npcm.broken { type hw card 31 }", "broken",
                  "ALSA/broken: No such file or directory"},
           Opened{"pcm.!default { type null }", "Gramophone",
                  "no output device \"Gramophone\"; available: ALSA/default"},
       }) {
    alsa.configure(configuration);
    OpenResult result;
    const OpenRequest asked{.device = device};
    // On a busy machine PortAudio may not answer in time.
    EXPECT_TRUE(test::eventually([&] {
      backend = make_portaudio_backend();
      result = backend->open(asked, std::make_shared<Client>());
      return result.error.find("does not respond") == std::string::npos;
    }));
    EXPECT_EQ(result.device, nullptr) << configuration;
    EXPECT_THAT(result.error, HasSubstr(error)) << configuration;
  }
}

/// One that was incomplete, or without a device.
TEST_F(PortAudioConfiguration, One_that_changes_is_read_by_the_next_list) {
  for (const auto& [before, problem] :
       {std::pair{"", "has no pcm.default"},
        {"pcm.!default { type hw card 99 }", "PortAudio finds no sound device"}}) {
    alsa.configure(before);
    EXPECT_TRUE(backend->list(Direction::output).empty()) << before;
    EXPECT_THAT(backend->problem(), HasSubstr(problem));
    alsa.configure("pcm.!default { type null }");
    const auto devices = backend->list(Direction::output);
    ASSERT_EQ(devices.size(), 1U);
    EXPECT_EQ(devices[0].name, "ALSA/default");
    EXPECT_TRUE(devices[0].is_default);
    EXPECT_EQ(backend->problem(), "");
  }
}

TEST_F(PortAudioConfiguration, The_default_is_ALSAs_and_no_other_device_in_its_place) {
  alsa.configure(
      "pcm.!default { type hw card 99 }\npcm.other { type plug slave.pcm \"null\" }\npcm.null { type null }");
  const auto devices = backend->list(Direction::output);
  ASSERT_EQ(devices.size(), 1U);
  EXPECT_EQ(devices[0].name, "ALSA/other");
  EXPECT_FALSE(devices[0].is_default);
  EXPECT_THAT(backend->open({}, std::make_shared<Client>()).error, HasSubstr("has no default device"));
}

TEST_F(PortAudioConfiguration,
       Every_name_that_ALSA_takes_opens_also_with_arguments_and_unlisted_but_no_absent_card) {
  alsa.configure(
      "pcm.!default { type hw card 99 }\npcm.null { type null }\n"
      "pcm.hw { @args [ CARD ] @args.CARD { type string } type hw card $CARD }\n"
      "pcm.shop { @args [ WHAT ] @args.WHAT { type string } type plug slave.pcm $WHAT }");
  EXPECT_TRUE(backend->list(Direction::output).empty());
  for (const std::string name : {"shop:null", "ALSA/shop:null", "shop:WHAT=null"}) {
    const std::string full = name.starts_with("ALSA/") ? name : "ALSA/" + name;
    EXPECT_EQ(backend->full_name(Direction::output, name), full);
    const OpenResult opened = backend->open({.device = name}, std::make_shared<Client>());
    ASSERT_NE(opened.device, nullptr) << opened.error;
    EXPECT_EQ(opened.device->info().name, full);
  }
  for (const char* absent :
       {"hw:99,0", "hw:CARD=Gramophone,DEV=0", "ALSA/Old: Card (hw:99,0)", "default:CARD=Gramophone"})
    EXPECT_EQ(backend->full_name(Direction::output, absent), "") << absent;
}

void host_programs_own(const char*, int, const char*, int, const char*, ...) {}

TEST_F(PortAudioConfiguration, The_programs_own_handler_of_ALSAs_errors_is_back_when_the_backend_has_gone) {
  using Handler = decltype(&host_programs_own);
  alsa.configure("pcm.!default { type null }");
  void* const library = dlopen("libasound.so.2", RTLD_NOW);
  ASSERT_NE(library, nullptr);
  const auto set = reinterpret_cast<int (*)(Handler)>(dlsym(library, "snd_lib_error_set_handler"));
  const auto current = reinterpret_cast<Handler*>(dlsym(library, "snd_lib_error"));
  set(host_programs_own);
  backend->list(Direction::output);
  EXPECT_NE(*current, host_programs_own);
  backend.reset();
  EXPECT_EQ(*current, host_programs_own);
  set(nullptr);
  dlclose(library);
}

}  // namespace
}  // namespace refwave::hal
