// A client whose callback does not return: it starves itself and nobody else.
#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "tests/contract/client.h"
#include "tests/support/eventually.h"

namespace refwave::contract {
namespace {

using std::chrono::steady_clock;
using test::eventually;

constexpr std::chrono::seconds kAboutASecond{4};  // on a busy machine, under a sanitizer

/// Its first WOM_DONE does not return before let_go(), or the end of the object.
class StuckClient {
 public:
  StuckClient() {
    diary.reaction = [this](const Message& note) {
      if (note.message != WOM_DONE || diary.count_done() != 1) return;
      inside.count_down();
      released.wait();
    };
  }
  ~StuckClient() { let_go(); }
  StuckClient(const StuckClient&) = delete;
  StuckClient& operator=(const StuckClient&) = delete;

  /// Effects: queues the blocks, and plays until the client is inside its first callback.
  void get_stuck(const LoadedDriver& driver, const Player& player) {
    player.queue(blocks);
    driver.step(2);
    inside.wait();
  }
  void let_go() {
    if (!released.try_wait()) released.count_down();
    EXPECT_TRUE(eventually([&] { return !diary.being_written(); }));
  }

  Diary diary;
  Blocks blocks = silent_blocks(5, kPeriodFrames* kFrameBytes);
  std::latch inside{1};

 private:
  std::latch released{1};
};

/// CONTRACT.md, Any thread, any time: "A client that blocks in its callback delays no other client".
TEST(StuckClient, Does_not_stop_another_stream) {
  const LoadedDriver driver;
  StuckClient stuck;
  Diary diary;
  Blocks blocks = silent_blocks(50, 400);
  const Player stuck_player(stuck.diary);
  const Player player(diary);
  stuck.get_stuck(driver, stuck_player);
  player.queue(blocks);
  driver.step(60);
  EXPECT_TRUE(eventually([&] { return diary.count_done() == blocks.size(); }));
  stuck.let_go();
  EXPECT_TRUE(driver.step_until([&] { return stuck.diary.count_done() == 5; }));
  expect_done_once_in_order(stuck.diary, stuck.blocks);
}

/// CONTRACT.md, WODM_RESET: "flags always; messages too, unless this stream's callback is running: then by
/// that thread, after the callback".
TEST(StuckClient, Has_its_headers_flagged_by_a_reset_and_hears_of_them_later) {
  const LoadedDriver driver;
  StuckClient stuck;
  const Player player(stuck.diary);
  stuck.get_stuck(driver, player);
  player.reset();
  for (const Block& block : stuck.blocks) EXPECT_TRUE(block.done());
  EXPECT_EQ(stuck.diary.count_done(), 1U);
  stuck.let_go();
  driver.settle();
  expect_done_once_in_order(stuck.diary, stuck.blocks);
}

/// CONTRACT.md, WODM_CLOSE: "within a second if a client callback does not return (what was undelivered is
/// then dropped and counted)".
TEST(StuckClient, Is_closed_within_about_a_second_and_not_told_any_more) {
  const LoadedDriver driver;
  StuckClient stuck;
  Player player(stuck.diary);
  stuck.get_stuck(driver, player);
  player.reset();
  const auto before = steady_clock::now();
  EXPECT_EQ(player.close(), MMSYSERR_NOERROR);
  EXPECT_LT(steady_clock::now() - before, kAboutASecond);
  EXPECT_EQ(stuck.diary.all().back().message, UINT{WOM_CLOSE});
  EXPECT_EQ(stuck.diary.all().back().thread, GetCurrentThreadId());
  EXPECT_GE(driver.statistics().ullUndelivered, 4U);
  stuck.let_go();
  driver.settle();
  EXPECT_EQ(stuck.diary.count_done(), 1U);
  EXPECT_EQ(stuck.diary.all().back().message, UINT{WOM_CLOSE});
}

/// The slot of a stream that was given up is used again only when its callback has returned.
TEST(StuckClient, Leaves_room_for_new_streams_after_its_close) {
  const LoadedDriver driver;
  StuckClient stuck;
  Player player(stuck.diary);
  stuck.get_stuck(driver, player);
  player.reset();
  player.close();
  for (int i = 0; i < 3; ++i) {
    Diary diary;
    Blocks blocks = silent_blocks(5, 400);
    const Player next(diary);
    next.queue(blocks);
    driver.step(10);
    EXPECT_TRUE(eventually([&] { return diary.count_done() == 5; }));
    if (i == 1) stuck.let_go();
  }
  EXPECT_EQ(stuck.diary.count_done(), 1U);
}

/// CONTRACT.md, WODM_CLOSE, by a thread that the callback waits for: a client that joins its own player.
TEST(StuckClient, That_waits_for_the_closing_thread_is_closed_too) {
  const LoadedDriver driver;
  StuckClient stuck;
  Player player(stuck.diary);
  stuck.get_stuck(driver, player);
  std::latch closing{1};
  std::thread closer([&] {
    closing.count_down();
    player.reset();
    player.close();
  });
  closing.wait();
  stuck.let_go();
  closer.join();
  expect_done_once_in_order(stuck.diary, stuck.blocks);
  EXPECT_EQ(stuck.diary.all().back().message, UINT{WOM_CLOSE});
}

/// DESIGN.md, law 7: threads that cannot be joined within two seconds are left, and the module pinned.
TEST(StuckClient, Does_not_keep_the_driver_from_being_disabled) {
  StuckClient stuck;
  const LoadedDriver driver;
  Player player(stuck.diary);
  stuck.get_stuck(driver, player);
  const auto before = steady_clock::now();
  EXPECT_EQ(driver.send(DRV_DISABLE), 1);
  EXPECT_LT(steady_clock::now() - before, 3 * kAboutASecond);
  for (const Block& block : stuck.blocks) EXPECT_TRUE(block.done());
  EXPECT_EQ(stuck.diary.count_done(), 1U);
  EXPECT_EQ(stuck.diary.count(WOM_CLOSE), 1U);
}

}  // namespace
}  // namespace refwave::contract
