// Positions: exact, never running backwards, whoever asks and whenever.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/contract/client.h"

namespace refwave::contract {
namespace {

MMRESULT ask(const Player& player, MMTIME& time, UINT size = sizeof(MMTIME)) {
  return waveOutGetPosition(player.handle(), &time, size);
}

/// CONTRACT.md, WODM_GETPOS: "counts what was played, not what was queued, exact to the frame once all is
/// done".
TEST(Position, Counts_the_frames_that_were_played) {
  const LoadedDriver driver;
  Diary diary;
  Blocks blocks = silent_blocks(3, 1'009 * kFrameBytes);
  const Player player(diary);
  EXPECT_EQ(player.frames(), 0U);
  player.queue(blocks);
  EXPECT_EQ(player.frames(), 0U);
  for (DWORD period = 1; period <= 30; ++period) {
    driver.step();
    EXPECT_EQ(player.frames(), std::min(period * kPeriodFrames, 3 * 1'009U));
    EXPECT_EQ(player.bytes(), player.frames() * kFrameBytes);
  }
}

/// CONTRACT.md, WODM_GETPOS: "every other type is rewritten to TIME_BYTES (ours)".
TEST(Position, Every_other_type_becomes_bytes) {
  const LoadedDriver driver;
  Diary diary;
  Block block(4'000);
  const Player player(diary);
  player.queue(block);
  driver.step(3);
  for (const UINT type :
       {UINT{TIME_MS}, UINT{TIME_SMPTE}, UINT{TIME_MIDI}, UINT{TIME_TICKS}, UINT{0}, UINT{0xFFFF}}) {
    MMTIME time{};
    time.wType = type;
    EXPECT_EQ(ask(player, time), MMSYSERR_NOERROR);
    EXPECT_EQ(time.wType, UINT{TIME_BYTES}) << type;
    EXPECT_EQ(time.u.cb, 3 * kPeriodFrames * kFrameBytes) << type;
  }
}

/// CONTRACT.md, WODM_GETPOS: "size < sizeof(MMTIME) → MMSYSERR_ERROR, NULL → INVALPARAM".
TEST(Position, Too_little_room_is_an_error) {
  const LoadedDriver driver;
  Diary diary;
  const Player player(diary);
  MMTIME time{};
  time.wType = TIME_SAMPLES;
  time.u.sample = 77;
  EXPECT_EQ(ask(player, time, sizeof(MMTIME) - 1), MMSYSERR_ERROR);
  EXPECT_EQ(ask(player, time, 0), MMSYSERR_ERROR);
  EXPECT_EQ(time.u.sample, 77U);
  EXPECT_EQ(waveOutGetPosition(player.handle(), nullptr, sizeof(time)), MMSYSERR_INVALPARAM);
}

/// CONTRACT.md, Any thread, any time: "Concurrent GETPOS from any thread takes no lock and never runs
/// backwards". `clock`: how fast the device runs by itself.
void never_runs_backwards(const char* clock) {
  const LoadedDriver driver(std::string("device=clocked; period=128; clock=") + clock);
  Diary diary;
  Blocks blocks = silent_blocks(40, 607 * kFrameBytes);
  const Player player(diary);
  std::atomic<bool> ending{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      for (DWORD before = 0; !ending.load();) {
        const DWORD now = player.frames();
        EXPECT_GE(now, before);
        EXPECT_LE(now, 40U * 607);
        before = now;
      }
    });
  }
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == blocks.size(); }));
  EXPECT_EQ(player.frames(), 40U * 607);
  ending = true;
  for (std::thread& reader : readers) reader.join();
}

TEST(Position, Never_runs_backwards_on_the_stepped_clock) { never_runs_backwards("0"); }

TEST(Position, Never_runs_backwards_in_real_time) { never_runs_backwards("1"); }

TEST(Position, Never_runs_backwards_faster_than_real_time) { never_runs_backwards("20"); }

/// When the client is told of a block, the position has reached its end.
TEST(Position, Has_reached_the_end_of_a_block_when_the_client_is_told) {
  const LoadedDriver driver("device=clocked; period=128; clock=10");
  Diary diary;
  HWAVEOUT handle = nullptr;
  std::vector<DWORD> positions;
  diary.reaction = [&](const Message& note) {
    if (note.message != WOM_DONE) return;
    MMTIME time{};
    time.wType = TIME_SAMPLES;
    waveOutGetPosition(handle, &time, sizeof(time));
    positions.push_back(time.u.sample);
  };
  Blocks blocks = silent_blocks(50, 331 * kFrameBytes);
  const Player player(diary);
  handle = player.handle();
  player.queue(blocks);
  ASSERT_TRUE(driver.step_until([&] { return diary.count_done() == blocks.size(); }));
  driver.settle();
  for (std::size_t i = 0; i < positions.size(); ++i) EXPECT_GE(positions[i], (i + 1) * 331);
}

}  // namespace
}  // namespace refwave::contract
