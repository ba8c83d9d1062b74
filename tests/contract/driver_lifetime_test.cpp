// The driver's life as a guest of the process: what it starts, it ends.
#include <gtest/gtest.h>
#include <malloc.h>

#include "tests/contract/harness.h"

namespace refwave::contract {
namespace {

using conform::files_open;
using conform::threads_alive;

/// A thread that was joined is in /proc until the kernel has cleared it away.
void expect_threads(std::size_t count) {
  EXPECT_TRUE(eventually([&] { return threads_alive() == count; })) << threads_alive() << " are alive";
}

/// A life: load, open, play, close and free.
void live() {
  LoadedDriver driver;
  Diary diary;
  Blocks blocks = silent_blocks(4, 250);
  Stream player(driver, Direction::output, diary);
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.done().size() == blocks.size(); }));
  EXPECT_EQ(player.close(), MMSYSERR_NOERROR);
}

/// Memory in use, where malloc can tell.
std::size_t memory_in_use() { return mallinfo2().uordblks; }

/// MESSAGES.md, Crowd.lives: here a thousand of them, in one process, and their memory.
TEST(DriverLifetime, A_thousand_lives_leave_nothing_behind) {
  constexpr int kLives = CONTRACT_MEASURES_MEMORY ? 1'000 : 100;  // a sanitizer is slow
  for (int i = 0; i < 10; ++i) live();
  const std::size_t threads = threads_alive();
  const std::size_t files = files_open();
  const std::size_t memory = memory_in_use();
  for (int i = 0; i < kLives; ++i) live();
  expect_threads(threads);
  EXPECT_EQ(files_open(), files);
  // A sanitizer has its own malloc, and finds leaks by itself.
  if (CONTRACT_MEASURES_MEMORY) {
    EXPECT_LT(memory_in_use(), memory + kLives * 100);
  }
}

}  // namespace
}  // namespace refwave::contract
