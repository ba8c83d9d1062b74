// Calls from inside the client's callback: for its own stream and for others. CONTRACT.md, Any thread, any
// time: "Every message is legal inside the client's callback, from the callback's thread".
#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "tests/contract/completion.h"

namespace refwave::contract {
namespace {

class NestedCalls : public WithEitherCompletion {};

/// Returns: a reaction that runs `act` at the client's first WOM_DONE.
auto at_first_done(std::function<void()> act) {
  return [act = std::move(act), done = std::make_shared<bool>(false)](const Message& note) {
    if (note.message != WOM_DONE || std::exchange(*done, true)) return;
    act();
  };
}

/// The usual client: it writes each block again as soon as it is done.
TEST_P(NestedCalls, A_client_writes_each_block_again) {
  const LoadedDriver driver(settings());
  constexpr std::size_t kWrites = 200;
  Diary diary;
  HWAVEOUT handle = nullptr;
  std::size_t written = 0;
  diary.reaction = [&](const Message& note) {
    if (note.message != WOM_DONE || written == kWrites) return;
    ++written;
    EXPECT_EQ(waveOutWrite(handle, note.header, sizeof(WAVEHDR)), MMSYSERR_NOERROR);
  };
  Blocks blocks = silent_blocks(4, 3 * kPeriodFrames * kFrameBytes);
  const Player player(diary);
  handle = player.handle();
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == kWrites + 4; }));
  const std::vector<LPWAVEHDR> told = diary.headers(WOM_DONE);
  for (std::size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i], &blocks[i % 4].header);
  EXPECT_EQ(player.frames(), (kWrites + 4) * 3 * kPeriodFrames);
  EXPECT_EQ(player.statistics().ullUnderruns, 0U);
}

/// CONTRACT.md, WODM_RESET: "messages too, unless this stream's callback is running: then by that thread,
/// after the callback": flagged at once, told in order, none nested.
TEST_P(NestedCalls, A_client_resets_its_stream) {
  const LoadedDriver driver(settings("ring=16"));
  Diary diary;
  Blocks blocks = silent_blocks(50, 400);
  HWAVEOUT handle = nullptr;
  diary.reaction = at_first_done([&] {
    EXPECT_EQ(waveOutReset(handle), MMSYSERR_NOERROR);
    EXPECT_EQ(diary.count_done(), 1U);
    for (const Block& block : blocks) EXPECT_TRUE(block.done());
  });
  const Player player(diary);
  handle = player.handle();
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == blocks.size(); }));
  driver.settle();
  expect_done_once_in_order(diary, blocks);
  EXPECT_EQ(player.frames(), 0U);
}

/// CONTRACT.md, WODM_CLOSE, inside the callback: "what is pending is delivered, nested, then WOM_CLOSE".
TEST_P(NestedCalls, A_client_resets_and_closes_its_stream) {
  const LoadedDriver driver(settings("ring=16"));
  for (const std::size_t headers : {1U, 5U, 50U}) {
    Diary diary;
    Blocks blocks = silent_blocks(headers, 400);
    HWAVEOUT handle = nullptr;
    diary.reaction = at_first_done([&] {
      EXPECT_EQ(waveOutReset(handle), MMSYSERR_NOERROR);
      EXPECT_EQ(waveOutClose(handle), MMSYSERR_NOERROR);
      EXPECT_EQ(diary.all().back().message, UINT{WOM_CLOSE});
    });
    const Player player(diary);
    handle = player.handle();
    player.queue(blocks);
    EXPECT_TRUE(driver.step_until([&] { return diary.count(WOM_CLOSE) == 1; }));
    driver.step(5);
    driver.settle();
    EXPECT_EQ(diary.headers(WOM_DONE), addresses_of(blocks));
    EXPECT_EQ(diary.all().size(), headers + 2);
    for (const Message& note : diary.all()) {
      const bool nested = note.message != WOM_OPEN && note.header != &blocks[0].header;
      EXPECT_EQ(note.depth, nested ? 2 : 1);
    }
  }
  EXPECT_EQ(driver.statistics().dwSlotsInUse, 0U);
  EXPECT_EQ(driver.statistics().ullUndelivered, 0U);
}

TEST_P(NestedCalls, A_client_closes_its_stream_in_the_last_callback) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(3, 400);
  HWAVEOUT handle = nullptr;
  diary.reaction = [&](const Message& note) {
    if (note.message != WOM_DONE) return;
    if (note.header != &blocks[2].header) return;
    EXPECT_EQ(waveOutClose(handle), MMSYSERR_NOERROR);
  };
  const Player player(diary);
  handle = player.handle();
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.count(WOM_CLOSE) == 1; }));
  EXPECT_EQ(diary.headers(WOM_DONE), addresses_of(blocks));
}

TEST_P(NestedCalls, A_client_closes_its_stream_with_headers_queued_and_hears_that_it_cannot) {
  const LoadedDriver driver(settings());
  Diary diary;
  Blocks blocks = silent_blocks(3, 4 * kPeriodFrames * kFrameBytes);
  HWAVEOUT handle = nullptr;
  diary.reaction = at_first_done([&] { EXPECT_EQ(waveOutClose(handle), WAVERR_STILLPLAYING); });
  const Player player(diary);
  handle = player.handle();
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 3; }));
}

TEST_P(NestedCalls, A_client_asks_for_its_position_pauses_and_restarts) {
  const LoadedDriver driver(settings());
  Diary diary;
  HWAVEOUT handle = nullptr;
  std::vector<DWORD> positions;
  diary.reaction = [&](const Message& note) {
    if (note.message != WOM_DONE) return;
    MMTIME time{};
    time.wType = TIME_SAMPLES;
    EXPECT_EQ(waveOutGetPosition(handle, &time, sizeof(time)), MMSYSERR_NOERROR);
    positions.push_back(time.u.sample);
    EXPECT_EQ(waveOutPause(handle), MMSYSERR_NOERROR);
    EXPECT_EQ(waveOutSetVolume(handle, 0x80008000), MMSYSERR_NOERROR);
    EXPECT_EQ(waveOutBreakLoop(handle), MMSYSERR_NOERROR);
    EXPECT_EQ(waveOutRestart(handle), MMSYSERR_NOERROR);
  };
  Blocks blocks = silent_blocks(20, 2 * kPeriodFrames * kFrameBytes);
  const Player player(diary);
  handle = player.handle();
  player.queue(blocks);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    driver.step(2);
    driver.settle();
  }
  ASSERT_EQ(positions.size(), blocks.size());
  for (std::size_t i = 0; i < positions.size(); ++i) EXPECT_EQ(positions[i], (i + 1) * 2 * kPeriodFrames);
}

/// A player of several files: the end of one stream opens the next.
TEST_P(NestedCalls, A_client_opens_another_stream_and_closes_its_own) {
  const LoadedDriver driver(settings());
  constexpr std::size_t kStreams = 5;
  Diary diaries[kStreams];
  Blocks blocks = silent_blocks(kStreams, 1000);
  std::unique_ptr<Player> players[kStreams];
  const auto start = [&](std::size_t i) {
    players[i] = std::make_unique<Player>(diaries[i]);
    players[i]->queue(blocks[i]);
  };
  for (std::size_t i = 0; i < kStreams; ++i) {
    diaries[i].reaction = at_first_done([&, i] {
      if (i + 1 < kStreams) start(i + 1);
      EXPECT_EQ(players[i]->close(), MMSYSERR_NOERROR);
    });
  }
  start(0);
  EXPECT_TRUE(driver.step_until([&] { return diaries[kStreams - 1].count(WOM_CLOSE) == 1; }));
  for (const Diary& diary : diaries) EXPECT_EQ(diary.all().size(), 3U);
}

TEST_P(NestedCalls, A_client_resets_and_closes_another_stream) {
  const LoadedDriver driver(settings());
  Diary diaries[2];
  Blocks own = silent_blocks(3, 400);
  Blocks others = silent_blocks(30, 4'000);
  std::unique_ptr<Player> other;
  diaries[0].reaction = at_first_done([&] {
    other->reset();
    EXPECT_EQ(diaries[1].count_done(), others.size());
    EXPECT_EQ(other->close(), MMSYSERR_NOERROR);
  });
  const Player player(diaries[0]);
  other = std::make_unique<Player>(diaries[1]);
  other->queue(others);
  player.queue(own);
  EXPECT_TRUE(driver.step_until([&] { return diaries[0].count_done() == 3; }));
  expect_done_once_in_order(diaries[1], others);
  EXPECT_EQ(diaries[1].all().back().message, UINT{WOM_CLOSE});
}

/// Two clients that each reset the other, over and over.
TEST_P(NestedCalls, Clients_reset_each_other) {
  const LoadedDriver driver(settings());
  Diary diaries[2];
  HWAVEOUT handles[2] = {};
  Blocks blocks[2] = {silent_blocks(6, 400), silent_blocks(6, 404)};
  std::atomic<int> written{12};
  for (int i = 0; i < 2; ++i) {
    diaries[i].reaction = [&, i](const Message& note) {
      if (note.message != WOM_DONE) return;
      if (note.header == &blocks[i][3].header) waveOutReset(handles[1 - i]);
      if (written.fetch_add(1) >= 400) return;
      EXPECT_EQ(waveOutWrite(handles[i], note.header, sizeof(WAVEHDR)), MMSYSERR_NOERROR);
    };
  }
  const Player first(diaries[0]);
  const Player second(diaries[1]);
  handles[0] = first.handle();
  handles[1] = second.handle();
  first.queue(blocks[0]);
  second.queue(blocks[1]);
  EXPECT_TRUE(driver.step_until([&] { return diaries[0].count_done() + diaries[1].count_done() == 400; }));
  for (const Diary& diary : diaries) {
    for (const Message& note : diary.all()) EXPECT_EQ(note.depth, 1);
  }
}

TEST_P(NestedCalls, A_listener_adds_each_buffer_again_and_stops) {
  const LoadedDriver driver(settings());
  Diary diary;
  HWAVEIN handle = nullptr;
  int returned = 0;
  diary.reaction = [&](const Message& note) {
    if (note.message != WIM_DATA) return;
    ++returned;
    if (returned < 50) waveInAddBuffer(handle, note.header, sizeof(WAVEHDR));
    if (returned == 50) waveInReset(handle);
  };
  Blocks blocks = silent_blocks(3, 1'000);
  const Listener listener(diary);
  handle = listener.handle();
  listener.queue(blocks);
  listener.start();
  EXPECT_TRUE(driver.step_until([&] { return diary.count(WIM_DATA) == 52; }));
  driver.settle();
}

/// CONTRACT.md, DRV_ENABLE / DRV_DISABLE: "DISABLE twice is harmless", in the callbacks that it makes itself,
/// too.
TEST_P(NestedCalls, A_client_disables_the_driver_that_is_being_disabled) {
  const LoadedDriver driver(settings());
  Diary diary;
  diary.reaction = [&](const Message& note) {
    if (note.message == WOM_OPEN) return;
    EXPECT_EQ(driver.send(DRV_DISABLE), 1);
    EXPECT_EQ(driver.send(DRV_ENABLE), 0) << "not before it is disabled";
  };
  Blocks blocks = silent_blocks(3, 400);
  const Player player(diary);
  player.queue(blocks);
  EXPECT_EQ(driver.send(DRV_DISABLE), 1);
  expect_done_once_in_order(diary, blocks);
  EXPECT_EQ(diary.count(WOM_CLOSE), 1U);
  EXPECT_EQ(driver.send(DRV_ENABLE), 1);
}

INSTANTIATE_WITH_EITHER_COMPLETION(NestedCalls);

}  // namespace
}  // namespace refwave::contract
