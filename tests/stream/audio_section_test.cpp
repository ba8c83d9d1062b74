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

TEST_F(AudioSectionTest, Comes_back_later_where_it_must_not_wait) {
  ASSERT_NE(stream_.lock.try_acquire(), 0U);
  const AudioSection section(stream_, IfOverdue::come_back_later);
  EXPECT_FALSE(section.entered());
  EXPECT_EQ(stream_.lost(), 0U);
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

}  // namespace
}  // namespace refwave::core
