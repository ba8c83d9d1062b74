// The driver's life as a guest of the process: it ends everything that it starts.
#include <gtest/gtest.h>

#include "tests/contract/census.h"
#include "tests/contract/harness.h"

namespace refwave::contract {
namespace {

/// A life: load, open, play, close and free.
void live() {
  LoadedDriver driver;
  Client player(driver, Direction::output, 4, 250);
  player.queue();
  EXPECT_TRUE(driver.step_until([&] { return player.diary.done().size() == 4; }));
  EXPECT_EQ(player.stream.close(), MMSYSERR_NOERROR);
}

/// MESSAGES.md, Crowd.lives: here a thousand of them, in one process, and their memory.
TEST(DriverLifetime, A_thousand_lives_leave_nothing_behind) {
  constexpr int kLives = CONTRACT_MEASURES_MEMORY ? 1'000 : 100;  // a sanitizer is slow
  for (int i = 0; i < 10; ++i) live();
  const Census before;
  for (int i = 0; i < kLives; ++i) live();
  const Census after = census_after(before);
  EXPECT_EQ(after.threads, before.threads);
  EXPECT_EQ(after.files, before.files);
  EXPECT_EQ(after.keys_left, before.keys_left);
  // A sanitizer has its own malloc, and finds leaks by itself.
  if (CONTRACT_MEASURES_MEMORY) {
    EXPECT_LT(after.memory_bytes, before.memory_bytes + kLives * 100);
  }
}

}  // namespace
}  // namespace refwave::contract
