// The priority of PortAudio's audio thread, on a private PulseAudio.
#include <gmock/gmock.h>
#include <sched.h>

#include <cstring>

#include "tests/hal/portaudio/on_server.h"
#include "tests/hal/priority/in_child.h"
#include "tests/support/eventually.h"
#include "tests/support/private_pulse.h"

namespace refwave::hal {
namespace {

using test::Client;
using test::eventually;
using testing::StartsWith;

class PortAudioPriority : public test::OnServer<test::PrivatePulse> {
 protected:
  void SetUp() override {
    if (!test::has_capability(CAP_SYS_NICE)) GTEST_SKIP() << "not permitted";
  }

  void play(AudioPriority wish = AudioPriority::realtime) {
    const auto client = std::make_shared<Client>([this](const Period& period) {
      std::memset(period.data, 0, period.frames * 8);
      policy = sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
    });
    // PortAudio's threads are made by this one, and have no more rights.
    backend = make_portaudio_backend();
    const auto device = start(client, {.rate = 48'000, .priority = wish});
    ASSERT_NE(device, nullptr);
    EXPECT_TRUE(eventually([&] { return client->periods > 3; }));
    const std::uint32_t before = client->periods;
    EXPECT_TRUE(eventually([&] { return client->periods > before + 3; }));
    words = device->priority();
  }
  std::atomic<int> policy{-1};  // of the audio thread
  std::string words;
};

TEST_F(PortAudioPriority, Is_asked_for_from_another_thread) {
  play();
  EXPECT_THAT(words, StartsWith("SCHED_FIFO, priority "));
  EXPECT_EQ(policy, SCHED_FIFO);
}

TEST_F(PortAudioPriority, Is_left_alone_where_none_is_configured) {
  play(AudioPriority::ordinary);
  EXPECT_EQ(policy, SCHED_OTHER);
}

}  // namespace
}  // namespace refwave::hal
