// PortAudio calls that fail or hang.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <portaudio.h>

#include <cerrno>
#include <cstdlib>
#include <future>

#include "tests/hal/portaudio/hanging_alsa.h"
#include "tests/hal/refusals/replacement.h"

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
using test::Client;
using test::eventually;
using test::Replacement;
using testing::HasSubstr;

// Instead of ALSA's `null`, whose buffer AddressSanitizer takes seconds to free.
class PortAudioRefuses : public test::OnHangingAlsa {
 protected:
  PortAudioRefuses() {
    for (const char* name : {"PULSE_SERVER", "PULSE_RUNTIME_PATH", "XDG_RUNTIME_DIR", "PIPEWIRE_RUNTIME_DIR"})
      unsetenv(name);
  }

  const std::shared_ptr<Client> client = std::make_shared<Client>();
};

TEST_F(PortAudioRefuses, To_begin_and_then_it_has_no_devices_until_it_begins) {
  {
    const Replacement refusal(
        "Pa_Initialize", +[]() -> PaError { return paInsufficientMemory; });
    EXPECT_TRUE(backend->list(Direction::output).empty());
    EXPECT_EQ(backend->problem(), "PortAudio cannot be initialised: Insufficient memory");
    EXPECT_THAT(backend->open({}, client).error, HasSubstr("cannot be initialised"));
  }
  EXPECT_EQ(backend->list(Direction::output).size(), 1U);
  EXPECT_EQ(backend->problem(), "");
}

PaHostErrorInfo host_error{paALSA, -5, nullptr};

TEST_F(PortAudioRefuses, A_start_or_a_stop_and_the_error_has_the_hosts_words_if_it_has_any) {
  const auto device = open(client);
  ASSERT_NE(device, nullptr);
  const auto error_of = [&](PaError (*start)(PaStream*), const PaHostErrorInfo* (*host)()) {
    const Replacement refusal("Pa_StartStream", start);
    const Replacement words("Pa_GetLastHostErrorInfo", host);
    return device->start().reason();
  };
  constexpr auto kHostError = +[](PaStream*) -> PaError { return paUnanticipatedHostError; };
  constexpr auto kHost = +[]() -> const PaHostErrorInfo* { return &host_error; };
  const std::string plain = "ALSA/default: PortAudio: Unanticipated host error";
  EXPECT_EQ(error_of(kHostError, kHost), plain);
  EXPECT_EQ(error_of(
                kHostError, +[]() -> const PaHostErrorInfo* { return nullptr; }),
            plain);
  host_error.errorText = "the card is on fire";
  EXPECT_EQ(error_of(kHostError, kHost), plain + ": the card is on fire");
  EXPECT_EQ(error_of(
                +[](PaStream*) -> PaError { return paTimedOut; }, kHost),
            "ALSA/default: PortAudio: Wait timed out");
  EXPECT_EQ(client->losses, 0U);
  EXPECT_TRUE(test::succeeded(device->start()));
  EXPECT_TRUE(eventually([&] { return client->periods > 3; }));
  {
    const Replacement refusal(
        "Pa_StopStream", +[](PaStream*) -> PaError { return paStreamIsStopped; });
    EXPECT_TRUE(test::succeeded(device->stop()));
  }
  const Replacement refusal(
      "Pa_StopStream", +[](PaStream*) -> PaError { return paInternalError; });
  EXPECT_EQ(device->stop().reason(), "ALSA/default: PortAudio: Internal PortAudio error");
}

TEST_F(PortAudioRefuses, A_device_that_another_program_has_and_it_is_listed_as_busy) {
  {
    const Replacement refusal(
        "snd_pcm_open", +[](void**, const char*, int, int) { return -EBUSY; });
    const auto devices = backend->list(Direction::output);
    ASSERT_EQ(devices.size(), 1U);
    EXPECT_EQ(devices[0].name, "ALSA/default");
    EXPECT_TRUE(devices[0].is_default);
    EXPECT_NE(devices[0].used_by, "");
    for (const char* name : {"", "default", "ALSA/default"})
      EXPECT_THAT(backend->open({.device = name}, client).error, HasSubstr("ALSA/default: busy, used by "))
          << name;
  }
  EXPECT_EQ(backend->list(Direction::output)[0].used_by, "");
  EXPECT_NE(play(client), nullptr);
}

/// The next list closes the stream, because it initialises PortAudio again.
TEST_F(PortAudioRefuses, To_call_back_and_the_device_is_lost_and_may_still_be_stopped) {
  auto device = play(client);
  ASSERT_NE(device, nullptr);
  {
    const Replacement refusal(
        "Pa_IsStreamActive", +[](PaStream*) -> PaError { return 0; });
    EXPECT_TRUE(eventually([&] { return client->losses == 1; }));
  }
  EXPECT_EQ(backend->list(Direction::output).size(), 1U);
  EXPECT_TRUE(test::succeeded(device->stop()));
  EXPECT_EQ(device->start().reason(), "ALSA/default: the device has gone");
  device.reset();
  EXPECT_EQ(client->losses, 1U);
  EXPECT_NE(play(client), nullptr);
}

std::shared_future<void> hung_start_ends;

TEST_F(PortAudioRefuses, To_return_from_a_start_and_no_thread_waits_for_it) {
  std::promise<void> end;
  hung_start_ends = end.get_future().share();
  const auto device = open(client);
  ASSERT_NE(device, nullptr);
  EXPECT_EQ(backend->obstacle(), "");
  const Replacement hanging(
      "Pa_StartStream", +[](PaStream*) -> PaError {
        hung_start_ends.wait();
        return paInternalError;
      });
  EXPECT_THAT(device->start().reason(), HasSubstr("has not returned for two seconds"));
  EXPECT_THAT(backend->obstacle(), HasSubstr("\"ALSA/default\" does not respond: its driver hangs"))
      << "no server is there";
  EXPECT_THAT(device->stop().reason(), HasSubstr("has not returned for two seconds"));
  end.set_value();
  EXPECT_TRUE(eventually([&] { return backend->obstacle().empty(); }));
}

}  // namespace
}  // namespace refwave::hal
