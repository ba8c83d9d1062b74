// The trace, as programs query it (driver/winmm/refwave.h).
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/contract/harness.h"

namespace refwave::contract {
namespace {

std::vector<REFWAVE_TRACE_EVENT> read(LoadedDriver& driver, DWORD room = 4'096) {
  std::vector<REFWAVE_TRACE_EVENT> events(room);
  REFWAVE_TRACE_BATCH batch{
      sizeof(REFWAVE_TRACE_BATCH), sizeof(REFWAVE_TRACE_EVENT), room, 77, 77, events.data()};
  EXPECT_EQ(driver.send(REFWAVE_TRACE_READ, reinterpret_cast<LPARAM>(&batch)), MMSYSERR_NOERROR);
  EXPECT_EQ(batch.ullLost, 0U);
  events.resize(batch.dwEvents);
  return events;
}

/// Effects: plays one block of a period and waits for its notification.
void play_one(LoadedDriver& driver) {
  Client player(driver, Direction::output, 1, kPeriodFrames);
  player.queue();
  EXPECT_TRUE(driver.step_until([&] { return player.blocks[0].done(); }));
  driver.settle();
}

TEST(TraceMessages, Only_the_kinds_that_are_asked_for_are_kept_while_it_runs) {
  LoadedDriver driver;
  play_one(driver);
  EXPECT_EQ(driver.send(REFWAVE_TRACE_START, 1 << REFWAVE_TRACE_READY), MMSYSERR_NOERROR);
  play_one(driver);
  driver.send(REFWAVE_TRACE_STOP);
  play_one(driver);
  const std::vector<REFWAVE_TRACE_EVENT> events = read(driver);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].wKind, REFWAVE_TRACE_READY);
  EXPECT_EQ(events[0].dwBlock, 0U);

  driver.send(REFWAVE_TRACE_START);
  play_one(driver);
  driver.send(REFWAVE_TRACE_START);
  EXPECT_TRUE(read(driver).empty()) << "a start forgets what was not read";
}

/// The audio thread, which calls clients itself here, times one block in eight.
TEST(TraceMessages, Every_block_is_there_though_few_are_timed) {
  LoadedDriver driver(stepped("completion=direct"));
  driver.send(REFWAVE_TRACE_START);
  Client player(driver, Direction::output, 8, kPeriodFrames);
  player.queue();
  EXPECT_TRUE(driver.step_until([&] { return player.diary.done().size() == 8; }));
  const std::vector<REFWAVE_TRACE_EVENT> events = read(driver);
  for (const int kind : {REFWAVE_TRACE_FINISHED, REFWAVE_TRACE_CALLING}) {
    const auto has_time = [&](const REFWAVE_TRACE_EVENT& event) {
      return event.wKind == kind && event.ullNs != 0;
    };
    EXPECT_EQ(std::ranges::count_if(events, has_time), 8) << kind;
  }
}

/// Older and newer programs may know events of another size.
TEST(TraceMessages, Events_are_filled_as_far_as_the_caller_knows_them) {
  LoadedDriver driver;
  driver.send(REFWAVE_TRACE_START);
  play_one(driver);
  struct Longer {
    REFWAVE_TRACE_EVENT event;
    ULONGLONG more;
  };
  std::vector<Longer> events(4, {{}, 77});
  REFWAVE_TRACE_BATCH batch{sizeof(batch), sizeof(Longer), 4, 0, 0, &events.front().event};
  ASSERT_EQ(driver.send(REFWAVE_TRACE_READ, reinterpret_cast<LPARAM>(&batch)), MMSYSERR_NOERROR);
  ASSERT_EQ(batch.dwEvents, 4U);
  for (const Longer& one : events) {
    EXPECT_NE(one.event.ullNs, 0U);
    EXPECT_EQ(one.more, 77U);
  }
}

TEST(TraceMessages, A_batch_that_is_not_whole_is_refused) {
  LoadedDriver driver;
  EXPECT_EQ(driver.send(REFWAVE_TRACE_READ), MMSYSERR_INVALPARAM);
  REFWAVE_TRACE_BATCH batch{sizeof(batch) - 1, sizeof(REFWAVE_TRACE_EVENT), 0, 0, 0, nullptr};
  EXPECT_EQ(driver.send(REFWAVE_TRACE_READ, reinterpret_cast<LPARAM>(&batch)), MMSYSERR_INVALPARAM);
  batch = {sizeof(batch), sizeof(REFWAVE_TRACE_EVENT), 1, 0, 0, nullptr};
  EXPECT_EQ(driver.send(REFWAVE_TRACE_READ, reinterpret_cast<LPARAM>(&batch)), MMSYSERR_INVALPARAM);
  batch.dwRoom = 0;
  EXPECT_EQ(driver.send(REFWAVE_TRACE_READ, reinterpret_cast<LPARAM>(&batch)), MMSYSERR_NOERROR);
}

}  // namespace
}  // namespace refwave::contract
