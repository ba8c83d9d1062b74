// A sound server that dies while a client's stream begins, and comes back: the client's blocks go on, and are
// heard. (Later, and with other faults: endurance_test.cpp.)
#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <thread>

#include "tests/contract/harness.h"
#include "tests/support/processor_waits.h"
#include "tests/support/sound_servers.h"

namespace refwave::contract {
namespace {

using namespace std::chrono_literals;

template <class Server>
class SoundLoss : public testing::Test {
 protected:
  SoundLoss() { server.export_environment(); }

  /// Returns: whether the stream plays on the server's device, and more than `done` blocks are done there.
  bool plays(const Stream& player, const Diary& diary, std::size_t done) const {
    return std::strcmp(statistics_of(player).szDevice, "clocked") != 0 && diary.done().size() > done &&
           server.hears_sound();
  }

  Server server;
};

/// Returns: blocks of 10 ms that are not silent.
Blocks sounding_blocks(std::chrono::milliseconds length) {
  Blocks blocks;
  for (auto at = 0ms; at < length; at += 10ms)
    fill(blocks.emplace_back(441 * kFrameBytes), std::vector<char>(441 * kFrameBytes, 0x11));
  return blocks;
}

TYPED_TEST_SUITE(SoundLoss, test::ThreeServers, test::ServerNames);

/// The server dies within the first two milliseconds: before, while and after the device starts.
TYPED_TEST(SoundLoss, Of_a_server_that_dies_at_the_start_is_over_within_two_seconds_of_its_return) {
  for (int round = 0; round < 4; ++round) {
    LoadedDriver driver("device=default; channels=2");
    Diary diary;
    Blocks blocks = sounding_blocks(60s);
    Stream player(driver, Direction::output, diary);
    player.queue(blocks);
    std::this_thread::sleep_for(round * 700us);
    this->server.kill_server();
    EXPECT_LT(test::own_time_until([&] { return diary.done().size() > 50; }), 2s)
        << "the clock has not taken over";

    this->server.start_server();
    const std::size_t before = diary.done().size();
    EXPECT_LT(test::own_time_until([&] { return this->plays(player, diary, before); }), 2s)
        << "round " << round << ": " << driver.warnings();
    player.reset();
    EXPECT_EQ(player.close(), MMSYSERR_NOERROR);
  }
}

}  // namespace
}  // namespace refwave::contract
