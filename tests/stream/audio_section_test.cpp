#include "driver/core/stream/audio_section.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/stream/assembled_driver.h"

namespace refwave::core {
namespace {

using test::AssembledDriver;
using test::Client;

class AudioSectionTest : public testing::Test {
 protected:
  AudioSectionTest() { stream_.furnish(hal::Direction::output, test::kStereo16, 16, core::Done::consumed); }
  core::Stream stream_;
};

TEST_F(AudioSectionTest, Keeps_the_audio_thread_out_for_its_scope) {
  {
    const AudioSection section(stream_, IfOverdue::replace);
    EXPECT_TRUE(section.entered());
    EXPECT_EQ(stream_.lock.try_acquire(), 0U);
  }
  EXPECT_NE(stream_.lock.try_acquire(), 0U);
}

TEST_F(AudioSectionTest, Waits_for_an_audio_thread_that_is_inside) {
  const core::RtLock::Token theirs = stream_.lock.try_acquire();
  ASSERT_NE(theirs, 0U);
  std::atomic<bool> entered{false};
  std::thread control([&] {
    const AudioSection section(stream_, IfOverdue::replace);
    entered = section.entered() && !section.was_replaced();
  });
  EXPECT_TRUE(test::eventually([&] { return stream_.lock.waiters() == 1; }));
  EXPECT_FALSE(entered);
  stream_.lock.release(theirs);
  control.join();
  EXPECT_TRUE(entered);
  EXPECT_EQ(stream_.lock.waiters(), 0U);
}

TEST_F(AudioSectionTest, Comes_back_later_where_it_must_not_wait) {
  ASSERT_NE(stream_.lock.try_acquire(), 0U);
  const AudioSection section(stream_, IfOverdue::come_back_later);
  EXPECT_FALSE(section.entered());
  EXPECT_EQ(stream_.lost(), 0U);
}

TEST_F(AudioSectionTest, Many_threads_have_it_one_at_a_time_against_an_audio_thread_that_never_rests) {
  std::atomic<bool> ending{false};
  std::uint64_t guarded = 0;  // by the lock
  std::uint64_t periods = 0;
  std::thread audio([&] {
    while (!ending) {
      const core::RtLock::Token mine = stream_.lock.try_acquire();
      if (mine == 0) continue;
      ++guarded;
      ++periods;
      stream_.lock.release(mine);
    }
  });
  constexpr std::uint64_t kTurns = 500;
  std::vector<std::thread> controls;
  std::atomic<std::uint64_t> missed{0};
  std::mutex mutex;  // as the stream's
  for (int i = 0; i < 3; ++i) {
    controls.emplace_back([&] {
      for (std::uint64_t turn = 0; turn < kTurns; ++turn) {
        const std::lock_guard lock(mutex);
        const AudioSection section(stream_, IfOverdue::replace);
        if (!section.entered() || section.was_replaced()) ++missed;
        ++guarded;
      }
    });
  }
  for (auto& control : controls) control.join();
  ending = true;
  audio.join();
  EXPECT_EQ(missed.load(), 0U);
  EXPECT_EQ(guarded, periods + 3 * kTurns);
}

TEST_F(AudioSectionTest, Replaces_the_audio_state_of_a_thread_that_has_stayed_for_a_second) {
  const core::RtLock::Token theirs = stream_.lock.try_acquire();
  const core::AudioState& lost = stream_.audio();
  const auto begun = std::chrono::steady_clock::now();
  {
    const AudioSection section(stream_, IfOverdue::replace);
    EXPECT_TRUE(section.entered());
    EXPECT_TRUE(section.was_replaced());
  }
  EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::seconds(1));
  EXPECT_NE(&stream_.audio(), &lost);
  const core::RtLock::Token next = stream_.lock.try_acquire();
  EXPECT_NE(next, 0U) << "the next device's thread comes in";
  stream_.lock.release(theirs);  // the old one wakes up
  EXPECT_TRUE(stream_.lock.holds(next));
}

TEST(AudioSection, A_stream_whose_thread_has_died_returns_its_headers_plays_on_and_closes) {
  Client client;
  Client next;
  AssembledDriver driver({}, 0);
  ASSERT_EQ(driver.open(client), Error::none);
  for (int i = 0; i < 5; ++i) driver.write(client, 100);
  driver.step(0);
  const core::RtLock::Token dead = driver.slot(0).lock.try_acquire();
  ASSERT_NE(dead, 0U);

  EXPECT_EQ(driver.reset(client), Error::none);
  EXPECT_TRUE(client.all_done());
  EXPECT_EQ(driver.position(client), 0U);
  driver.write(client, 100);
  driver.step(1);
  EXPECT_TRUE(test::eventually([&] { return client.all_done(); }))
      << "the device plays the fresh audio state";
  EXPECT_EQ(driver.position(client), 100U);
  EXPECT_TRUE(client.in_order());
  EXPECT_EQ(driver.close(client), Error::none);
  EXPECT_EQ(client.closed, 1U);

  driver.slot(0).lock.release(dead);  // it was not dead after all
  ASSERT_EQ(driver.open(next), Error::none);
  driver.write(next, 100);
  driver.step(1);
  EXPECT_TRUE(test::eventually([&] { return next.all_done(); }));
  EXPECT_EQ(driver.slot(0).counters.blocks.load(), 1U) << "the next stream is in the same place";
}

TEST(AudioSection, A_close_leaves_the_audio_state_to_a_thread_that_stays_and_the_next_stream_has_its_own) {
  Client client;
  Client next;
  AssembledDriver driver({}, 0);
  ASSERT_EQ(driver.open(client), Error::none);
  driver.write(client, 100);
  driver.step(1);
  ASSERT_TRUE(test::eventually([&] { return client.all_done(); }));
  core::AudioState& lost = driver.slot(0).audio();
  const core::RtLock::Token dead = driver.slot(0).lock.try_acquire();
  lost.enter(dead);
  EXPECT_EQ(driver.close(client), Error::none);
  EXPECT_EQ(driver.slot(0).lost(), 1U);

  ASSERT_EQ(driver.open(next), Error::none);
  std::vector<float> bus(std::size_t{480} * 2);
  auto& playback = static_cast<core::PlaybackState&>(lost);
  EXPECT_EQ(playback.render(bus.data(), {.frames = 480, .monotonic_ns = 1}, 0xFFFF'FFFFU), 0U);
  driver.slot(0).lock.release(dead);
  EXPECT_EQ(driver.position(next), 0U);
  driver.write(next, 100);
  driver.step(1);
  EXPECT_TRUE(test::eventually([&] { return next.all_done(); }));
  EXPECT_EQ(driver.position(next), 100U);
}

TEST(AudioSection, A_thread_that_wakes_up_in_a_lost_audio_state_touches_no_header) {
  Client client;
  AssembledDriver driver({}, 0);
  ASSERT_EQ(driver.open(client), Error::none);
  for (int i = 0; i < 5; ++i) driver.write(client, 100);
  driver.step(0);
  core::PlaybackState& lost = driver.slot(0).playback();
  const core::RtLock::Token dead = driver.slot(0).lock.try_acquire();
  lost.enter(dead);
  driver.reset(client);
  driver.close(client);
  for (auto& one : client.sent) one.header.flags = 0;

  std::vector<float> bus(std::size_t{480} * 2);
  EXPECT_EQ(lost.render(bus.data(), {.frames = 480}, 0xFFFF'FFFFU), 0U);
  driver.slot(0).lock.release(dead);
  for (const auto& one : client.sent) EXPECT_EQ(one.header.flags, 0U);
}

}  // namespace
}  // namespace refwave::core
