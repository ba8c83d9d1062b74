// N accepted writes give exactly N buffer-dones, in order: for one stream and many, one writer and many, more
// headers than the ring holds, and lengths that fit nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <map>
#include <thread>

#include "tests/contract/completion.h"

namespace refwave::contract {
namespace {

class Queue : public WithEitherCompletion {};

struct Stream {
  Diary diary;
  Blocks blocks;
  std::unique_ptr<Player> player;
};

void expect_all_done(const LoadedDriver& driver, Diary& diary, Blocks& blocks) {
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() >= blocks.size(); }))
      << diary.count_done() << " of " << blocks.size() << " are done";
  driver.step(20);
  driver.settle();
  expect_done_once_in_order(diary, blocks);
}

/// CONTRACT.md, Any thread, any time: "64 streams open at once, all complete everything".
void streams_complete_everything(const LoadedDriver& driver, std::size_t count) {
  std::list<Stream> streams;
  for (std::size_t i = 0; i < count; ++i) {
    Stream& stream = streams.emplace_back();
    stream.blocks = silent_blocks(20, (37 + i) * kFrameBytes);
    stream.player = std::make_unique<Player>(stream.diary);
  }
  for (Stream& stream : streams) stream.player->queue(stream.blocks);
  for (Stream& stream : streams) {
    expect_all_done(driver, stream.diary, stream.blocks);
    EXPECT_EQ(stream.player->bytes(), stream.blocks.size() * stream.blocks[0].header.dwBufferLength);
  }
}

TEST_P(Queue, One_stream_completes_everything) { streams_complete_everything(LoadedDriver(settings()), 1); }

TEST_P(Queue, Sixteen_streams_complete_everything) {
  streams_complete_everything(LoadedDriver(settings()), 16);
}

TEST_P(Queue, Sixty_four_streams_complete_everything) {
  streams_complete_everything(LoadedDriver(settings()), 64);
}

/// CONTRACT.md, WODM_WRITE: "on return INQUEUE is set, or DONE if it is already finished".
TEST_P(Queue, A_written_header_is_queued_until_it_is_done) {
  const LoadedDriver driver(settings());
  Diary diary;
  Block block(10 * kPeriodFrames * kFrameBytes);
  const Player player(diary);
  player.queue(block);
  EXPECT_TRUE(block.queued());
  EXPECT_FALSE(block.done());
  driver.step(9);
  driver.settle();
  EXPECT_TRUE(block.queued());
  driver.step(1);
  driver.settle();
  EXPECT_FALSE(block.queued());
  EXPECT_TRUE(block.done());
}

/// A block is done in the period that takes its last frame, and not before ("buffers done at once instead of
/// at their time").
TEST_P(Queue, Blocks_are_done_at_their_time) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(8, 3 * kPeriodFrames * kFrameBytes);
  const Player player(diary);
  player.queue(blocks);
  for (std::size_t period = 1; period <= 24; ++period) {
    driver.step();
    driver.settle();
    EXPECT_EQ(diary.count_done(), period / 3);
  }
}

/// CONTRACT.md, DESIGN law 5: a header is never lost, doubled or reordered, whatever its length.
TEST_P(Queue, Blocks_of_prime_sizes_are_done_in_order) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks;
  for (const std::size_t frames : {1, 2, 3, 127, 131, 257, 509, 1, 1, 1, 1021, 5, 7, 2053, 11, 13})
    blocks.emplace_back(frames * kFrameBytes);
  const Player player(diary);
  player.queue(blocks);
  expect_all_done(driver, diary, blocks);
}

/// CONTRACT.md, WODM_WRITE: "length 0 completes in its turn (ours)".
TEST_P(Queue, Headers_of_no_length_are_done_in_their_turn) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks;
  for (const std::size_t bytes : {0, 400, 0, 0, 4000, 0}) blocks.emplace_back(bytes);
  const Player player(diary);
  player.queue(blocks);
  EXPECT_EQ(diary.count_done(), 0U);
  expect_all_done(driver, diary, blocks);
  EXPECT_EQ(player.bytes(), 4400U);
}

/// CONTRACT.md, WODM_WRITE: "bytes beyond whole frames are dropped and not counted (ours)".
TEST_P(Queue, Bytes_beyond_whole_frames_are_dropped) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks;
  for (const std::size_t bytes : {1, 403, 2, 3, 4001}) blocks.emplace_back(bytes);
  const Player player(diary);
  player.queue(blocks);
  expect_all_done(driver, diary, blocks);
  EXPECT_EQ(player.frames(), 1'100U);
}

TEST_P(Queue, More_headers_than_the_ring_holds_are_done_in_order) {
  const LoadedDriver driver(settings("ring=16"));
  Diary diary;
  Blocks blocks = silent_blocks(1'000, 61 * kFrameBytes);
  const Player player(diary);
  player.queue(blocks);
  expect_all_done(driver, diary, blocks);
  EXPECT_EQ(player.frames(), 61'000U);
}

/// Each writer's headers keep their order among the others', and each is done once.
TEST_P(Queue, Several_threads_may_write_to_one_stream) {
  constexpr std::size_t kWriters = 4;
  const LoadedDriver driver(settings("ring=16"));
  Diary diary;
  Blocks blocks[kWriters];
  for (Blocks& own : blocks) own = silent_blocks(200, 31 * kFrameBytes);
  const Player player(diary);
  std::vector<std::thread> writers;
  for (Blocks& own : blocks) writers.emplace_back([&player, &own] { player.queue(own); });
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == kWriters * 200; }));
  for (std::thread& writer : writers) writer.join();
  const std::vector<LPWAVEHDR> told = diary.headers(WOM_DONE);
  std::map<LPWAVEHDR, std::size_t> writer_of;
  for (std::size_t i = 0; i < kWriters; ++i) {
    for (LPWAVEHDR header : addresses_of(blocks[i])) writer_of[header] = i;
  }
  std::vector<LPWAVEHDR> told_of[kWriters];
  for (LPWAVEHDR header : told) told_of[writer_of.at(header)].push_back(header);
  for (std::size_t i = 0; i < kWriters; ++i) EXPECT_EQ(told_of[i], addresses_of(blocks[i]));
}

/// CONTRACT.md, WODM_WRITE: "starts playback unless paused": also after everything was done for a while.
TEST_P(Queue, A_stream_that_ran_dry_plays_on_with_the_next_write) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(5, 400);
  const Player player(diary);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    player.queue(blocks[i]);
    EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == i + 1; }));
    driver.step(50);
  }
  EXPECT_EQ(player.bytes(), 2'000U);
}

/// The end of a stream is no underrun; a block that comes too late is one.
TEST_P(Queue, An_underrun_is_counted_when_the_client_was_late) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(2, 400);
  const Player player(diary);
  player.queue(blocks[0]);
  driver.step(5);
  EXPECT_EQ(player.statistics().ullUnderruns, 0U);
  player.queue(blocks[1]);
  driver.step(5);
  EXPECT_EQ(player.statistics().ullUnderruns, 1U);
}

/// DESIGN.md, "More headers than the ring holds": whoever makes room moves them in, before the ring is empty.
TEST_P(Queue, What_waits_behind_a_full_ring_is_heard_without_a_gap) {
  constexpr std::size_t kBlocks = 80;
  constexpr std::size_t kFrames = 100;
  const LoadedDriver driver(settings("ring=16; loop=true"));
  Diary played;
  Diary recorded;
  Blocks blocks;
  for (std::size_t i = 0; i < kBlocks; ++i)
    blocks.emplace_back(std::vector<char>(kFrames * kFrameBytes, 'A'));
  Block target(kBlocks * kFrames * kFrameBytes);
  const Player player(played);
  const Listener listener(recorded);
  listener.queue(target);
  listener.start();
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return recorded.count(WIM_DATA) == 1; }));
  const char* heard = target.header.lpData;
  const auto silent = std::count(heard, heard + target.header.dwBytesRecorded, 0);
  EXPECT_EQ(silent / static_cast<std::ptrdiff_t>(kFrameBytes), 0) << "frames of silence";
  EXPECT_EQ(player.statistics().ullUnderruns, 0U);
}

INSTANTIATE_WITH_EITHER_COMPLETION(Queue);

}  // namespace
}  // namespace refwave::contract
