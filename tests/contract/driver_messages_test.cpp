// The driver as an installable driver: what DriverProc answers to each message, and what wave messages get
// while the driver is not enabled.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <set>
#include <vector>

#include "tests/contract/client.h"

namespace refwave::contract {
namespace {

constexpr std::array kManagement = {DRVM_INIT, DRVM_INIT_EX, DRVM_ENABLE, DRVM_DISABLE, DRVM_EXIT};

/// CONTRACT.md, wodMessage: "any, before ENABLE or after DISABLE: MMSYSERR_NOTENABLED, but GETNUMDEVS answers
/// 0 and DRVM_* answer NOERROR".
void expect_not_enabled(WaveEntry entry, UINT get_num_devs, UINT first, UINT last) {
  EXPECT_EQ(entry(0, get_num_devs, 0, 0, 0), 0U);
  for (const UINT message : kManagement) EXPECT_EQ(entry(0, message, 0, 0, 0), MMSYSERR_NOERROR) << message;
  for (UINT message = first; message <= last; ++message) {
    if (message == get_num_devs) continue;
    EXPECT_EQ(entry(0, message, 0, 0, 0), MMSYSERR_NOTENABLED) << message;
  }
}

void expect_no_wave_devices(const LoadedDriver& driver) {
  expect_not_enabled(driver.wod(), WODM_GETNUMDEVS, WODM_GETNUMDEVS, WODM_BREAKLOOP);
  expect_not_enabled(driver.wid(), WIDM_GETNUMDEVS, WIDM_GETNUMDEVS, WIDM_GETPOS);
}

void expect_plays(const LoadedDriver& driver) {
  Diary diary;
  Blocks blocks = silent_blocks(3, 400);
  Player player(diary);
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 3; }));
}

/// CONTRACT.md, DRV_LOAD: "first message ever; hdrvr may be 0; cheap; returns 1".
TEST(DriverMessages, Load_answers_exactly_one_and_needs_no_handle) {
  const LoadedDriver driver;
  EXPECT_EQ(driver.driver_proc()(0, nullptr, DRV_LOAD, 0, 0), 1);
}

/// CONTRACT.md, DRV_OPEN: "Returns a non-zero instance identifier …: count instances, each has its own
/// identifier".
TEST(DriverMessages, Every_open_has_an_identifier_of_its_own) {
  const LoadedDriver driver;
  std::set<LRESULT> identifiers;
  for (int i = 0; i < 4; ++i) identifiers.insert(driver.driver_proc()(0, driver.handle(), DRV_OPEN, 0, i));
  EXPECT_EQ(identifiers.size(), 4U);
  EXPECT_FALSE(identifiers.contains(0));
}

/// CONTRACT.md, DRV_OPEN: "lParam1: wide string … (may be NULL or empty; …)".
TEST(DriverMessages, Open_takes_a_string_an_empty_one_and_none) {
  const LoadedDriver driver;
  for (const WCHAR* text : {u"period=256", u"", static_cast<const WCHAR*>(nullptr)})
    EXPECT_NE(driver.send(DRV_OPEN, reinterpret_cast<LPARAM>(text)), 0);
}

/// CONTRACT.md, DRV_OPEN: "parsed, what is unknown is a warning".
TEST(DriverMessages, An_unknown_key_is_a_warning_with_the_nearest_name_and_not_fatal) {
  const LoadedDriver driver(stepped("perod=256; ring=seven"));
  EXPECT_NE(driver.warnings().find("perod"), std::string::npos);
  EXPECT_NE(driver.warnings().find("'period'"), std::string::npos) << driver.warnings();
  EXPECT_NE(driver.warnings().find("ring"), std::string::npos) << driver.warnings();
  expect_plays(driver);
}

/// CONTRACT.md, DRV_CLOSE: "ends that instance; returns 1; unloading is the host's decision".
TEST(DriverMessages, Close_answers_one_and_the_other_instances_go_on) {
  const LoadedDriver driver;
  const LRESULT other = driver.driver_proc()(0, driver.handle(), DRV_OPEN, 0, 0);
  EXPECT_EQ(driver.driver_proc()(static_cast<DWORD_PTR>(other), driver.handle(), DRV_CLOSE, 0, 0), 1);
  expect_plays(driver);
}

/// CONTRACT.md, DRV_ENABLE / DRV_DISABLE: "return 1 (ignored)", "DISABLE twice is harmless".
TEST(DriverMessages, Disable_twice_is_harmless) {
  const LoadedDriver driver;
  EXPECT_EQ(driver.send(DRV_DISABLE), 1);
  EXPECT_EQ(driver.send(DRV_DISABLE), 1);
}

/// CONTRACT.md, DRV_ENABLE / DRV_DISABLE: "ENABLE again after DISABLE works".
TEST(DriverMessages, Enable_after_disable_plays_again) {
  const LoadedDriver driver;
  for (int i = 0; i < 3; ++i) {
    driver.send(DRV_DISABLE);
    EXPECT_EQ(driver.send(DRV_ENABLE), 1);
    EXPECT_NE(driver.send(DRV_OPEN, reinterpret_cast<LPARAM>(u"device=clocked; clock=0")), 0);
    expect_plays(driver);
  }
}

TEST(DriverMessages, Enable_twice_is_harmless) {
  const LoadedDriver driver;
  EXPECT_EQ(driver.send(DRV_ENABLE), 1);
  expect_plays(driver);
}

/// CONTRACT.md, DRV_FREE: "last message; returns 1".
TEST(DriverMessages, Free_answers_one_even_when_the_host_forgot_to_disable) {
  const LoadedDriver driver;
  EXPECT_EQ(driver.driver_proc()(0, nullptr, DRV_FREE, 0, 0), 1);
  expect_no_wave_devices(driver);
}

/// CONTRACT.md, DRV_INSTALL / DRV_REMOVE: "DRVCNF_OK, DRVCNF_CANCEL or DRVCNF_RESTART, whichever is true".
TEST(DriverMessages, Install_and_remove_are_ok) {
  const LoadedDriver driver;
  EXPECT_EQ(driver.send(DRV_INSTALL), DRVCNF_OK);
  EXPECT_EQ(driver.send(DRV_REMOVE), DRVCNF_OK);
}

/// CONTRACT.md, DRV_QUERYCONFIGURE / DRV_CONFIGURE: "non-zero only where a dialog exists; CONFIGURE … returns
/// OK, CANCEL or RESTART".
TEST(DriverMessages, Configure_is_cancelled_where_there_is_no_dialog) {
  const LoadedDriver driver;
  if (driver.send(DRV_QUERYCONFIGURE) != 0) GTEST_SKIP() << "it has a dialog, which would be shown";
  EXPECT_EQ(driver.send(DRV_CONFIGURE), DRVCNF_CANCEL);
}

/// CONTRACT.md, DRV_POWER: "non-zero; … nothing queued is lost".
TEST(DriverMessages, Power_loses_nothing_that_is_queued) {
  const LoadedDriver driver;
  Diary diary;
  Blocks blocks = silent_blocks(5, 4 * kPeriodFrames * kFrameBytes);
  Player player(diary);
  player.queue(blocks);
  driver.step(3);
  EXPECT_NE(driver.send(DRV_POWER), 0);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 5; }));
  expect_done_once_in_order(diary, blocks);
}

/// CONTRACT.md, DriverProc: "DRV_EXITSESSION, DRV_PNPINSTALL, anything unknown: DefDriverProc".
TEST(DriverMessages, Anything_unknown_gets_the_answer_of_DefDriverProc) {
  const LoadedDriver driver;
  for (const UINT message : {UINT{0}, UINT{DRV_EXITSESSION}, UINT{DRV_PNPINSTALL}, UINT{0x0C}, UINT{DRV_USER},
                             UINT{DRV_USER + 1}, UINT{0xFFFF}, UINT{0xFFFFFFFF}})
    EXPECT_EQ(driver.send(message), DefDriverProc(0, driver.handle(), message, 0, 0)) << message;
}

/// CONTRACT.md, wodMessage: "any, before ENABLE or after DISABLE". Before ENABLE: DRV_LOAD changes nothing.
TEST(DriverMessages, Wave_messages_find_no_driver_after_disable) {
  const LoadedDriver driver;
  driver.send(DRV_DISABLE);
  expect_no_wave_devices(driver);
  driver.send(DRV_LOAD);
  expect_no_wave_devices(driver);
}

/// CONTRACT.md, DriverProc: "full pointer width (several drivers truncate to 32 bits)".
TEST(DriverMessages, The_parameters_of_own_messages_keep_all_their_bits) {
  const LoadedDriver driver;
  auto statistics = std::make_unique<REFWAVE_STATISTICS>();
  statistics->cbSize = sizeof(REFWAVE_STATISTICS);
  EXPECT_EQ(driver.send(REFWAVE_GET_STATISTICS, reinterpret_cast<LPARAM>(statistics.get())),
            MMSYSERR_NOERROR);
  EXPECT_EQ(statistics->cbSize, sizeof(REFWAVE_STATISTICS));
}

/// driver/winmm/refwave.h: "fewer bytes are filled if it is smaller". What has been added since lies at the
/// end.
TEST(DriverMessages, A_program_that_knows_shorter_statistics_gets_those) {
  const LoadedDriver driver;
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = offsetof(REFWAVE_STATISTICS, ullXruns);
  statistics.ullXruns = statistics.ullReanchors = 77;
  EXPECT_EQ(driver.send(REFWAVE_GET_STATISTICS, reinterpret_cast<LPARAM>(&statistics)), MMSYSERR_NOERROR);
  EXPECT_EQ(statistics.ullXruns, 77U);
  statistics.cbSize = sizeof(statistics);
  EXPECT_EQ(driver.send(REFWAVE_GET_STATISTICS, reinterpret_cast<LPARAM>(&statistics)), MMSYSERR_NOERROR);
  EXPECT_EQ(statistics.ullXruns, 0U);
  EXPECT_EQ(statistics.ullReanchors, 0U);
}

}  // namespace
}  // namespace refwave::contract
