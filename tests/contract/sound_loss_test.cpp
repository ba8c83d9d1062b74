// A sound server that dies under a client and comes back: the client's blocks go on, and are heard again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstring>

#include "tests/contract/client.h"
#include "tests/support/eventually.h"
#include "tests/support/private_jack.h"
#include "tests/support/private_pipewire.h"
#include "tests/support/private_pulse.h"

namespace refwave::contract {
namespace {

using namespace std::chrono_literals;
using test::eventually;
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
  const LoadedDriver driver("device=default; channels=2");
  Diary diary;
  Blocks blocks;
  for (int i = 0; i < 3'000; ++i) blocks.emplace_back(std::vector<char>(441 * 4, 0x11));  // 30 s, 10 ms each
  Player player(diary);
  player.queue(blocks);
  const auto plays = [&] {
    return std::strcmp(player.statistics().szDevice, "clocked") != 0 && this->server.hears_sound();
  };
  ASSERT_TRUE(eventually(plays));

  this->server.kill_server();
  EXPECT_TRUE(eventually([&] { return player.statistics().ullDeviceLosses == 1; }, 2s));
  const std::size_t done = diary.count_done();
  EXPECT_TRUE(eventually([&] { return diary.count_done() > done + 50; }, 2s))
      << "the clock has not taken over";

  this->server.start_server();
  EXPECT_TRUE(eventually(plays, 2s)) << driver.warnings();
  EXPECT_THAT(driver.warnings(), HasSubstr("is back"));
  EXPECT_THAT(driver.warnings(), HasSubstr("errors of its own"));
  EXPECT_EQ(waveOutReset(player.handle()), MMSYSERR_NOERROR);
  EXPECT_EQ(player.close(), MMSYSERR_NOERROR);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace refwave::contract
