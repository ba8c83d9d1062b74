// A client's page that does not arrive holds up its own call alone. (How the streams keep that, call by call:
// tests/control/missing_memory_linux.cpp.)
#include "tests/support/late_page.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/contract/harness.h"

namespace refwave::contract {
namespace {

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
