// The priority of PortAudio's audio thread, on a PulseAudio server of the test's own, and that no bus keeps
// a device from its start.
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/resource.h>

#include <cstring>
#include <thread>

#include "tests/hal/portaudio/on_server.h"
#include "tests/hal/priority/in_child.h"
#include "tests/support/bus/private_bus.h"
#include "tests/support/eventually.h"
#include "tests/support/private_pulse.h"

namespace refwave::hal {
namespace {

using test::Client;
using test::eventually;
using test::PrivateBus;
using testing::HasSubstr;
using testing::StartsWith;

class PortAudioPriority : public test::OnServer<test::PrivatePulse> {
 protected:
  void SetUp() override {
    if (!test::has_capability(CAP_SYS_NICE)) GTEST_SKIP() << "needs the right, to give it up and to lend it";
  }

  /// Effects: plays for a moment.
  void play(AudioPriority wish = AudioPriority::realtime) {
    const auto client = std::make_shared<Client>([this](const Period& period) {
      std::memset(period.data, 0, period.frames * 8);
      policy = sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
      nice = getpriority(PRIO_PROCESS, 0);
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
  void play_without_rights() {
    std::thread([&] {
      test::give_up_the_right_to_priority();
      play();
    }).join();
  }

  std::atomic<int> policy{-1};  // of the audio thread, as the next one
  std::atomic<int> nice{0};
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

TEST_F(PortAudioPriority, Is_lent_by_rtkit) {
  const PrivateBus bus(PrivateBus::Rtkit::grants);
  bus.export_environment();
  play_without_rights();
  EXPECT_THAT(words, StartsWith("nice -11, by rtkit"));
  EXPECT_EQ(nice, PrivateBus::kNice);
}

/// The last one: a service that was silent is left alone for a minute.
TEST_F(PortAudioPriority, That_nobody_answers_for_keeps_nothing_from_playing) {
  PrivateBus bus(PrivateBus::Rtkit::is_silent);
  bus.export_environment();
  bus.freeze();
  play_without_rights();
  EXPECT_THAT(words, HasSubstr("rtkit does not answer"));
  play_without_rights();
}

}  // namespace
}  // namespace refwave::hal
