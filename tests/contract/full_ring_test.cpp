// More headers than the ring holds: the played frames, exactly, when a notifier calls the client (deferred)
// and when the audio thread does (direct). Loops that are not whole yet: model/, and tests/stream.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "tests/contract/harness.h"

namespace refwave::contract {
namespace {

class FullRing : public testing::TestWithParam<const char*> {
 protected:
  /// Returns: settings for a stepped device with this test's completion, and `more`.
  static std::string settings(const std::string& more) {
    return stepped(std::string("completion=") + GetParam() + "; " + more);
  }
};

/// MESSAGES.md, WHDR_BEGINLOOP.last_pass: here for a loop that waits outside a full ring.
TEST_P(FullRing, A_loop_outside_of_it_plays_in_its_turn) {
  LoadedDriver driver(settings("ring=16"));
  Client player(driver, Direction::output, 60, 100);
  mark_loop(player.blocks[30], player.blocks[40], 3);
  player.queue();
  EXPECT_TRUE(driver.step_until([&] { return player.diary.done().size() == 60; }));
  expect_done_once_in_order(player);
  EXPECT_EQ(player.stream.position(), 6'000U + 2 * 1'100);
}

/// The thread that makes room moves the headers in, before the ring is empty.
TEST_P(FullRing, What_waits_outside_of_it_is_heard_without_a_gap) {
  constexpr std::size_t kBlocks = 80;
  constexpr std::size_t kFrames = 100;
  LoadedDriver driver(settings("ring=16; loop=true"));
  Client listener(driver, Direction::input, 1, kBlocks * kFrames);
  Client player(driver, Direction::output, kBlocks, kFrames);
  for (Block& block : player.blocks) fill(block, std::vector<char>(kFrames * kFrameBytes, 'A'));
  listener.begin();
  player.queue();
  EXPECT_TRUE(driver.step_until([&] { return listener.diary.done().size() == 1; }));
  const WAVEHDR& target = listener.blocks[0].header;
  const auto silent = std::count(target.lpData, target.lpData + target.dwBytesRecorded, 0);
  EXPECT_EQ(silent / static_cast<std::ptrdiff_t>(kFrameBytes), 0) << "frames of silence";
  EXPECT_EQ(statistics_of(player.stream).ullUnderruns, 0U);
}

INSTANTIATE_TEST_SUITE_P(Completion, FullRing, testing::Values("deferred", "direct"),
                         [](const auto& completion) { return std::string(completion.param); });

}  // namespace
}  // namespace refwave::contract
