// A sound server that dies under a client and comes back: the client's blocks go on, and are heard again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstring>

#include "tests/contract/harness.h"
#include "tests/support/eventually.h"
#include "tests/support/private_jack.h"
#include "tests/support/private_pipewire.h"
#include "tests/support/private_pulse.h"

namespace refwave::contract {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

template <class Server>
class SoundLoss : public testing::Test {
 protected:
  SoundLoss() { server.export_environment(); }
  Server server;
};

using Servers = testing::Types<test::PrivatePulse, test::PrivatePipewire, test::PrivateJack>;
struct Names {
  template <class Server>
  static std::string GetName(int index) {
    return std::array{"PulseAudio", "PipeWire", "JACK"}[static_cast<std::size_t>(index)];
  }
};
TYPED_TEST_SUITE(SoundLoss, Servers, Names);

TYPED_TEST(SoundLoss, Of_a_server_is_over_within_two_seconds_of_its_return) {
  testing::internal::CaptureStderr();
  LoadedDriver driver("device=default; channels=2");
  Diary diary;
  Blocks blocks;
  // 30 s, 10 ms each.
  for (int i = 0; i < 3'000; ++i)
    fill(blocks.emplace_back(441 * kFrameBytes), std::vector<char>(441 * kFrameBytes, 0x11));
  Stream player(driver, Direction::output, diary);
  player.queue(blocks);
  const auto plays = [&] {
    return std::strcmp(statistics_of(player).szDevice, "clocked") != 0 && this->server.hears_sound();
  };
  ASSERT_TRUE(test::eventually(plays));

  this->server.kill_server();
  EXPECT_TRUE(test::eventually([&] { return statistics_of(player).ullDeviceLosses == 1; }, 2s));
  const std::size_t done = diary.done().size();
  EXPECT_TRUE(test::eventually([&] { return diary.done().size() > done + 50; }, 2s))
      << "the clock has not taken over";

  this->server.start_server();
  EXPECT_TRUE(test::eventually(plays, 2s)) << driver.warnings();
  EXPECT_THAT(driver.warnings(), HasSubstr("is back"));
  EXPECT_THAT(driver.warnings(), HasSubstr("errors of its own"));
  player.reset();
  EXPECT_EQ(player.close(), MMSYSERR_NOERROR);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace refwave::contract
