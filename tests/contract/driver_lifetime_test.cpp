// The driver's life as a guest of the process: what it starts, it ends.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/contract/census.h"
#include "tests/contract/client.h"
#include "tests/support/eventually.h"

namespace refwave::contract {
namespace {

using test::eventually;

/// A thread that was joined is in /proc until the kernel has cleared it away.
void expect_threads(std::size_t count) {
  EXPECT_TRUE(eventually([&] { return threads_alive() == count; })) << threads_alive() << " are alive";
}

/// Returns: the threads there are before the driver's. A sanitizer starts its own with the first of the
/// program.
std::size_t threads_before() {
  std::promise<void> counted;
  std::thread first([&] { counted.get_future().wait(); });
  const std::size_t count = threads_alive() - 1;
  counted.set_value();
  first.join();
  return count;
}

void play_something(const LoadedDriver& driver) {
  Diary diary;
  Blocks blocks = silent_blocks(4, 1000);
  Player player(diary);
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == blocks.size(); }));
  EXPECT_EQ(player.close(), MMSYSERR_NOERROR);
}

/// CONTRACT.md, WODM_GETNUMDEVS: "no thread, no COM, no PortAudio"; WAVE_FORMAT_QUERY "has no side effect".
TEST(DriverLifetime, Nothing_is_started_before_the_first_open) {
  const std::size_t before = threads_alive();
  const LoadedDriver driver;
  WAVEOUTCAPSW caps{};
  const WAVEFORMATEX format = usual_format();
  EXPECT_EQ(waveOutGetNumDevs(), 1U);
  EXPECT_EQ(waveInGetNumDevs(), 1U);
  EXPECT_EQ(waveOutGetDevCapsW(0, &caps, sizeof(caps)), MMSYSERR_NOERROR);
  EXPECT_EQ(waveOutOpen(nullptr, 0, &format, 0, 0, WAVE_FORMAT_QUERY), MMSYSERR_NOERROR);
  EXPECT_EQ(threads_alive(), before);
}

/// CONTRACT.md, DRV_ENABLE / DRV_DISABLE: "end every thread and release every device; … with streams open
/// they end cleanly".
TEST(DriverLifetime, Disable_finishes_every_header_tells_the_close_and_ends_every_thread) {
  const std::size_t before = threads_before();
  const LoadedDriver driver;
  Diary diaries[3];
  Blocks blocks[3] = {silent_blocks(5, 4000), silent_blocks(1, 8), silent_blocks(40, 400)};
  Player player(diaries[0]);
  Player idle(diaries[1]);
  Listener listener(diaries[2]);
  player.queue(blocks[0]);
  listener.queue(blocks[2]);
  listener.start();
  driver.step(2);
  EXPECT_EQ(driver.send(DRV_DISABLE), 1);
  EXPECT_EQ(diaries[0].headers(WOM_DONE), addresses_of(blocks[0]));
  EXPECT_EQ(diaries[2].headers(WIM_DATA), addresses_of(blocks[2]));
  for (const Diary& diary : diaries) {
    const UINT last = diary.all().back().message;
    EXPECT_TRUE(last == WOM_CLOSE || last == WIM_CLOSE) << last;
  }
  expect_threads(before);
  EXPECT_EQ(player.write(blocks[0].front()), MMSYSERR_NOTENABLED);
}

/// CONTRACT.md, Any thread, any time: "1000 × load, open, play, close, free: no leak of memory, threads or
/// handles".
TEST(DriverLifetime, A_thousand_lives_leave_nothing_behind) {
  constexpr int kLives = CONTRACT_MEASURES_MEMORY ? 1'000 : 100;  // a sanitizer is slow
  for (int i = 0; i < 10; ++i) play_something(LoadedDriver());
  const Census before;
  for (int i = 0; i < kLives; ++i) play_something(LoadedDriver());
  const Census after = census_after(before);
  EXPECT_EQ(after.threads, before.threads);
  EXPECT_EQ(after.files, before.files);
  EXPECT_EQ(after.keys_left, before.keys_left);
  // A sanitizer has its own malloc, and finds leaks by itself.
  if (CONTRACT_MEASURES_MEMORY) {
    EXPECT_LT(after.memory_bytes, before.memory_bytes + kLives * 100);
  }
}

}  // namespace
}  // namespace refwave::contract
