// Long playback on the stepped clock. CONTRACT_SOAK_SECONDS in the environment sets its length.
#include <gtest/gtest.h>

#include <cstdlib>
#include <list>

#include "tests/contract/harness.h"
#include "tests/contract/servers/loop.h"

namespace refwave::contract {
namespace {

constexpr std::size_t kStreams = 16;
constexpr std::size_t kBlocksQueued = 4;
constexpr std::uint32_t kPeriodsAtATime = 64;  // less than the queued frames of the shortest blocks

std::uint64_t frames_to_play() {
  const char* const seconds = std::getenv("CONTRACT_SOAK_SECONDS");
  return (seconds == nullptr ? CONTRACT_SOAK_SECONDS : std::strtoull(seconds, nullptr, 10)) * 48'000;
}

TEST(Soak, Sixteen_streams_play_for_long_without_an_underrun) {
  LoadedDriver driver;
  std::list<Loop> clients;
  const std::uint64_t all = frames_to_play();
  const auto block_frames = [](std::size_t client) { return 4'799 + 97 * client; };
  const auto blocks = [&](std::size_t client) { return all / block_frames(client); };
  for (std::size_t i = 0; i < kStreams; ++i)
    clients.emplace_back(
        driver, Direction::output,
        LoopOptions{.blocks = kBlocksQueued, .block_frames = block_frames(i), .blocks_in_all = blocks(i)});
  for (std::uint64_t frames = 0; frames < all; frames += kPeriodsAtATime * kPeriodFrames) {
    driver.step(kPeriodsAtATime);
    driver.settle();
  }
  std::size_t client = 0;
  for (Loop& loop : clients) {
    EXPECT_TRUE(driver.step_until([&] { return loop.done() == blocks(client); }));
    EXPECT_EQ(loop.stream().position(), static_cast<DWORD>(blocks(client) * block_frames(client)));
    const REFWAVE_STATISTICS statistics = loop.statistics();
    EXPECT_EQ(statistics.ullUnderruns, 0U);
    EXPECT_EQ(statistics.ullBlocks, blocks(client));
    EXPECT_EQ(statistics.ullMessages, blocks(client));
    EXPECT_EQ(loop.end(), "");
    ++client;
  }
}

}  // namespace
}  // namespace refwave::contract
