// Recording: what differs from an output. CONTRACT.md, widMessage.
#include <gtest/gtest.h>

#include <numeric>

#include "tests/contract/completion.h"

namespace refwave::contract {
namespace {

class Input : public WithEitherCompletion {};

constexpr DWORD kPeriodBytes = kPeriodFrames * kFrameBytes;

/// "dwBytesRecorded is always set before WIM_DATA".
TEST_P(Input, Full_buffers_are_returned_in_order_with_their_length) {
  const LoadedDriver driver(settings("ring=16"));
  Diary diary;
  Blocks blocks = silent_blocks(100, 131 * kFrameBytes);
  const Listener listener(diary);
  listener.queue(blocks);
  listener.start();
  EXPECT_TRUE(driver.step_until([&] { return diary.count(WIM_DATA) == blocks.size(); }));
  EXPECT_EQ(diary.headers(WIM_DATA), addresses_of(blocks));
  for (const Message& note : diary.all()) {
    if (note.message != WIM_DATA) continue;
    EXPECT_EQ(note.bytes_recorded, 131 * kFrameBytes);
    EXPECT_EQ(note.flags & (WHDR_DONE | WHDR_INQUEUE | WHDR_PREPARED), WHDR_DONE | WHDR_PREPARED);
    EXPECT_EQ(note.depth, 1);
  }
}

/// "After one full buffer the position equals its dwBytesRecorded."
TEST_P(Input, After_one_full_buffer_the_position_is_its_length) {
  const LoadedDriver driver(settings());
  Diary diary;
  Block block(1'013 * kFrameBytes);
  const Listener listener(diary);
  listener.queue(block);
  listener.start();
  EXPECT_TRUE(driver.step_until([&] { return diary.count(WIM_DATA) == 1; }));
  driver.step(3);
  EXPECT_EQ(listener.bytes(), block.header.dwBytesRecorded);
}

TEST_P(Input, Nothing_is_recorded_before_start) {
  const LoadedDriver driver(settings());
  Diary diary;
  Block block(400);
  const Listener listener(diary);
  listener.queue(block);
  driver.step(10);
  driver.settle();
  EXPECT_TRUE(block.queued());
  EXPECT_EQ(listener.bytes(), 0U);
}

/// "STOP returns the current buffer if it holds data, before it returns, and keeps the others".
TEST_P(Input, Stop_returns_the_buffer_that_holds_data_and_keeps_the_others) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(3, 10 * kPeriodBytes);
  const Listener listener(diary);
  listener.queue(blocks);
  listener.start();
  driver.step(3);
  listener.stop();
  EXPECT_EQ(diary.headers(WIM_DATA), std::vector<LPWAVEHDR>{&blocks[0].header});
  EXPECT_EQ(blocks[0].header.dwBytesRecorded, 3 * kPeriodBytes);
  EXPECT_TRUE(blocks[1].queued());
  driver.step(5);
  EXPECT_EQ(listener.bytes(), 3 * kPeriodBytes);
  listener.start();
  EXPECT_TRUE(driver.step_until([&] { return diary.count(WIM_DATA) == 3; }));
  EXPECT_EQ(blocks[1].header.dwBytesRecorded, 10 * kPeriodBytes);
}

/// "with no data no WIM_DATA"; "START twice, STOP when stopped → NOERROR".
TEST_P(Input, Stop_without_data_returns_nothing_and_both_may_be_repeated) {
  const LoadedDriver driver(settings());
  Diary diary;
  Block block(400);
  const Listener listener(diary);
  listener.stop();
  listener.queue(block);
  listener.start();
  listener.start();
  listener.stop();
  listener.stop();
  EXPECT_EQ(diary.count(WIM_DATA), 0U);
  EXPECT_TRUE(block.queued());
}

/// "RESET stops, returns all buffers (empty ones with dwBytesRecorded 0) and zeroes the position".
TEST_P(Input, Reset_returns_all_buffers_and_stops) {
  const LoadedDriver driver(settings("ring=16"));
  Diary diary;
  Blocks blocks = silent_blocks(60, 4 * kPeriodBytes);
  const Listener listener(diary);
  listener.queue(blocks);
  listener.start();
  driver.step(6);
  driver.settle();  // no callback is running
  listener.reset();
  EXPECT_EQ(diary.headers(WIM_DATA), addresses_of(blocks));
  EXPECT_EQ(blocks[0].header.dwBytesRecorded, 4 * kPeriodBytes);
  EXPECT_EQ(blocks[1].header.dwBytesRecorded, 2 * kPeriodBytes);
  for (std::size_t i = 2; i < blocks.size(); ++i) EXPECT_EQ(blocks[i].header.dwBytesRecorded, 0U);
  EXPECT_EQ(listener.bytes(), 0U);
  listener.queue(blocks[0]);
  driver.step(10);
  EXPECT_EQ(listener.bytes(), 0U) << "it was not stopped";
}

/// "no buffer queued while started → frames are dropped and counted, never written elsewhere, and not part of
/// the position".
TEST_P(Input, Frames_for_which_there_is_no_buffer_are_dropped_and_counted) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(2, 2 * kPeriodBytes);
  const Listener listener(diary);
  listener.start();
  driver.step(5);
  EXPECT_EQ(listener.bytes(), 0U);
  listener.queue(blocks[0]);
  EXPECT_TRUE(driver.step_until([&] { return diary.count(WIM_DATA) == 1; }));
  driver.step(4);
  EXPECT_EQ(listener.bytes(), 2 * kPeriodBytes);
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof(statistics);
  waveInMessage(listener.handle(), REFWAVE_GET_STATISTICS, reinterpret_cast<DWORD_PTR>(&statistics), 0);
  EXPECT_GE(statistics.ullUnderruns, 9 * kPeriodFrames);
}

TEST_P(Input, A_buffer_shorter_than_a_frame_is_returned_empty_in_its_turn) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks;
  for (const std::size_t bytes : {400, 3, 0, 401}) blocks.emplace_back(bytes);
  const Listener listener(diary);
  listener.queue(blocks);
  listener.start();
  EXPECT_TRUE(driver.step_until([&] { return diary.count(WIM_DATA) == 4; }));
  EXPECT_EQ(diary.headers(WIM_DATA), addresses_of(blocks));
  EXPECT_EQ(blocks[1].header.dwBytesRecorded, 0U);
  EXPECT_EQ(blocks[3].header.dwBytesRecorded, 400U);
}

TEST_P(Input, Close_with_buffers_queued_is_still_playing) {
  const LoadedDriver driver(settings());
  Diary diary;
  Block block(400);
  Listener listener(diary);
  listener.queue(block);
  EXPECT_EQ(listener.close(), WAVERR_STILLPLAYING);
  listener.reset();
  EXPECT_EQ(listener.close(), MMSYSERR_NOERROR);
  EXPECT_EQ(diary.all().back().message, UINT{WIM_CLOSE});
}

/// What the device plays, its input hears in the same period, bit for bit (`loop`), from the first frame on.
TEST_P(Input, A_looped_device_records_what_is_played_bit_for_bit) {
  const LoadedDriver driver(settings("loop=true"));
  Diary played;
  Diary recorded;
  std::vector<char> every_pattern(65'536 * kFrameBytes);
  for (std::size_t i = 0; i < every_pattern.size(); i += kFrameBytes) {
    const std::size_t left = i / kFrameBytes;
    const std::size_t right = left * 40'503;
    every_pattern[i] = static_cast<char>(left);
    every_pattern[i + 1] = static_cast<char>(left >> 8);
    every_pattern[i + 2] = static_cast<char>(right);
    every_pattern[i + 3] = static_cast<char>(right >> 8);
  }
  Block block(every_pattern);
  Block target(every_pattern.size());
  Listener listener(recorded);
  Player player(played);
  listener.queue(target);
  listener.start();
  player.queue(block);
  EXPECT_TRUE(driver.step_until([&] { return recorded.count(WIM_DATA) == 1; }));
  EXPECT_EQ(target.header.dwBytesRecorded, every_pattern.size());
  EXPECT_TRUE(std::equal(every_pattern.begin(), every_pattern.end(), target.header.lpData));
}

INSTANTIATE_WITH_EITHER_COMPLETION(Input);

}  // namespace
}  // namespace refwave::contract
