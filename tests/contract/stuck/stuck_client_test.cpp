// A client whose callback does not return delays only itself.
#include <gtest/gtest.h>

#include <deque>
#include <latch>
#include <thread>

#include "tests/contract/harness.h"

namespace refwave::contract {
namespace {

using std::chrono::steady_clock;

/// Its first WOM_DONE does not return before let_go(), or the end of the object.
class StuckClient {
 public:
  StuckClient() {
    diary.reaction = [this](const Note& note) {
      if (note.message != WOM_DONE || diary.done().size() != 1) return;
      inside.count_down();
      released.wait();
    };
  }
  ~StuckClient() { let_go(); }
  StuckClient(const StuckClient&) = delete;
  StuckClient& operator=(const StuckClient&) = delete;

  /// Effects: queues the blocks, and plays until the client is inside its first callback.
  void get_stuck(LoadedDriver& driver, const Stream& player) {
    player.queue(blocks);
    driver.step(2);
    inside.wait();
  }
  void let_go() {
    if (!released.try_wait()) released.count_down();
    diary.need_idle();
  }

  Diary diary;
  Blocks blocks = silent_blocks(5, kPeriodFrames);
  std::latch inside{1};

 private:
  std::latch released{1};
};

/// MESSAGES.md, WODM_RESET.flags, and WODM_RESET.told_before where a callback is running: its thread tells
/// the rest.
TEST(StuckClient, Has_its_headers_flagged_by_a_reset_and_hears_of_them_later) {
  LoadedDriver driver;
  StuckClient stuck;
  const Stream player(driver, Direction::output, stuck.diary);
  stuck.get_stuck(driver, player);
  player.reset();
  for (const Block& block : stuck.blocks) EXPECT_TRUE(block.done());
  EXPECT_EQ(stuck.diary.done().size(), 1U);
  stuck.let_go();
  driver.settle();
  expect_done_once_in_order(stuck.diary, stuck.blocks);
}

/// MESSAGES.md, WODM_CLOSE.blocked_callback: here with what is then dropped and counted.
TEST(StuckClient, Is_closed_while_it_does_not_return_and_not_told_any_more) {
  LoadedDriver driver;
  StuckClient stuck;
  Stream player(driver, Direction::output, stuck.diary);
  stuck.get_stuck(driver, player);
  player.reset();
  EXPECT_EQ(player.close(), MMSYSERR_NOERROR);
  EXPECT_EQ(stuck.diary.all().back().message, UINT{WOM_CLOSE});
  EXPECT_EQ(stuck.diary.all().back().thread, GetCurrentThreadId());
  EXPECT_GE(driver.statistics().ullUndelivered, 4U);
  stuck.let_go();
  driver.settle();
  EXPECT_EQ(stuck.diary.done().size(), 1U);
  EXPECT_EQ(stuck.diary.all().back().message, UINT{WOM_CLOSE});
}

/// The slot of a stream that was given up is used again only when its callback has returned.
TEST(StuckClient, Leaves_room_for_new_streams_after_its_close) {
  LoadedDriver driver;
  StuckClient stuck;
  Stream player(driver, Direction::output, stuck.diary);
  stuck.get_stuck(driver, player);
  player.reset();
  player.close();
  for (int i = 0; i < 3; ++i) {
    Diary diary;
    Blocks blocks = silent_blocks(5, 100);
    const Stream next(driver, Direction::output, diary);
    next.queue(blocks);
    driver.step(10);
    EXPECT_TRUE(eventually([&] { return diary.done().size() == 5; }));
    if (i == 1) stuck.let_go();
  }
  EXPECT_EQ(stuck.diary.done().size(), 1U);
}

/// A client that joins its own player: the callback waits for the thread that closes.
TEST(StuckClient, That_waits_for_the_closing_thread_is_closed_too) {
  LoadedDriver driver;
  StuckClient stuck;
  Stream player(driver, Direction::output, stuck.diary);
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

/// Threads that cannot be joined within two seconds are abandoned, and the module stays in memory for them.
TEST(StuckClient, Five_keep_the_driver_from_being_disabled_less_than_five_times_as_long) {
  constexpr std::chrono::seconds kPatience{2};  // the driver's, for all threads together
  std::deque<StuckClient> stuck(5);
  LoadedDriver driver;
  std::deque<Stream> players;
  for (StuckClient& client : stuck)
    client.get_stuck(driver, players.emplace_back(driver, Direction::output, client.diary));
  const auto before = steady_clock::now();
  EXPECT_EQ(driver.send(DRV_DISABLE), 1);
  EXPECT_LT(steady_clock::now() - before, 5 * kPatience) << "each thread has had a patience of its own";
  for (StuckClient& client : stuck) {
    for (const Block& block : client.blocks) EXPECT_TRUE(block.done());
    EXPECT_EQ(client.diary.done().size(), 1U);
    EXPECT_EQ(client.diary.all().back().message, UINT{WOM_CLOSE});
  }
}

}  // namespace
}  // namespace refwave::contract
