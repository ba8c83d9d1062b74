// A client whose callback does not return, or whose page does not arrive, delays only itself.
#include <gtest/gtest.h>

#include <deque>
#include <latch>
#include <thread>

#include "tests/contract/harness.h"
#include "tests/support/late_page.h"

namespace refwave::contract {
namespace {

/// A player whose first WOM_DONE returns after let_go(), or at the end of the object.
class StuckClient {
 public:
  explicit StuckClient(LoadedDriver& driver)
      : client(driver, Direction::output, 5, kPeriodFrames, [this](Client& self, const Note&) {
          if (self.diary.done().size() != 1) return;
          inside_.count_down();
          released_.wait();
        }) {
    client.queue();
    driver.step(2);
    inside_.wait();
  }
  ~StuckClient() { let_go(); }

  void let_go() {
    if (!released_.try_wait()) released_.count_down();
    client.diary.need_idle();
  }

 private:
  std::latch inside_{1};
  std::latch released_{1};

 public:
  Client client;
};

/// Threads that do not end within two seconds are abandoned, and the module stays loaded for them.
TEST(StuckClient, Fifteen_keep_the_driver_from_being_disabled_less_than_fifteen_times_as_long) {
  constexpr std::chrono::seconds kPatience{2};  // the driver's, for all threads together
  LoadedDriver driver;
  std::deque<StuckClient> stuck;
  while (stuck.size() < 15) stuck.emplace_back(driver);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(driver.send(DRV_DISABLE), 1);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 15 * kPatience)
      << "each thread has had a patience of its own";
  for (const StuckClient& each : stuck) {
    for (const Block& block : each.client.blocks) EXPECT_TRUE(block.done());
    EXPECT_EQ(each.client.diary.done().size(), 1U);
    EXPECT_EQ(each.client.diary.all().back().message, UINT{WOM_CLOSE});
  }
  driver.unload();  // and the threads return to it afterwards
}

/// Call by call: tests/control/missing_memory_linux.cpp.
TEST(LatePage, Does_not_keep_the_driver_from_being_disabled) {
  test::LatePage page;
  Diary diary;
  LoadedDriver driver;
  const Stream player(driver, Direction::output, diary);
  WAVEHDR header{};
  header.lpData = reinterpret_cast<LPSTR>(page.data());
  header.dwBufferLength = static_cast<DWORD>(page.size());
  ASSERT_EQ(player.send_header(WODM_PREPARE, &header), MMSYSERR_NOERROR);
  page.leave();
  DWORD written = MMSYSERR_NOERROR;
  std::thread writing([&] { written = player.send_header(WODM_WRITE, &header); });
  ASSERT_TRUE(eventually([&] { return page.is_awaited(); }));
  EXPECT_EQ(driver.send(DRV_DISABLE), 1);
  EXPECT_EQ(diary.all().back().message, UINT{WOM_CLOSE});
  page.arrive();
  writing.join();
  EXPECT_EQ(written, MMSYSERR_INVALHANDLE);
  EXPECT_EQ(header.dwFlags, DWORD{WHDR_PREPARED}) << "as it was before";
}

}  // namespace
}  // namespace refwave::contract
