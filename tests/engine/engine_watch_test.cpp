// The watchdog: devices that hang or fall silent, and threads that die inside a stream. Every header
// completes; tests/simulation checks that it does so in time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "driver/engine/device_thread.h"
#include "driver/engine/engine.h"
#include "hal/system/owned_thread.h"
#include "tests/engine/engine_helpers.h"

namespace refwave::engine {
namespace {

using namespace test;
using testing::HasSubstr;

class EngineWatch : public EngineTest {
 protected:
  /// Effects: takes the stream's lock as an audio thread, for good. Returns: its acquisition.
  static core::RtLock::Token die_inside(core::Stream& slot) {
    core::RtLock::Token acquisition = 0;
    EXPECT_TRUE(eventually([&] { return (acquisition = slot.lock.try_acquire()) != 0; }));
    slot.audio_state.load()->enter(acquisition);
    return acquisition;
  }
};

TEST_F(EngineWatch, A_stream_whose_thread_has_died_keeps_its_playback_rate) {
  start();
  ASSERT_EQ(driver->open(other), core::Error::none);
  driver->streams->set_speed(client.handle, control::SpeedPart::rate, dsp::kGreatestFactor);
  driver->streams->set_speed(other.handle, control::SpeedPart::rate, dsp::kLeastFactor);
  for (std::size_t i = 0; i < 2; ++i) die_inside(driver->slot(i));
  for (Client* one : {&client, &other}) driver->write(*one, kPeriod);  // done by the replacements
  lose();
  for (Client* one : {&client, &other}) EXPECT_TRUE(completes(*one));
  for (Client* one : {&client, &other}) driver->write(*one, 24'000);
  EXPECT_TRUE(completes());
  EXPECT_FALSE(other.all_done()) << "it takes two seconds, and the client's an eighth of one";
  EXPECT_TRUE(completes(other));
}

/// A reset may hold its stream's mutex for a second.
TEST_F(EngineWatch, An_open_and_the_statistics_do_not_wait_for_a_reset_that_waits_for_a_dead_thread) {
  start(impatient());
  write(1'000);
  die_inside(slot());
  {
    const std::lock_guard resetting(slot().mutex);
    fall_silent();
    EXPECT_TRUE(is_in_use("clocked"));
    EXPECT_EQ(driver->open(other), core::Error::none);
  }
  EXPECT_EQ(driver->reset(client), core::Error::none);
  EXPECT_TRUE(completes());
}

TEST_F(EngineWatch, A_device_that_was_never_there_is_tried_with_a_back_off_and_immediately_when_it_arrives) {
  device->does_not_open = true;
  start();
  write(2'000);
  ASSERT_TRUE(is_notified_of(101));
  const std::uint32_t tried = device->refusals;
  // Blocks of 10 ms: an attempt in half a second at most.
  EXPECT_LE(tried, 2 + client.done / 50);
  EXPECT_EQ(device_in_use(*driver), "clocked");
  EXPECT_THAT(event_log(), HasSubstr("faulty does not open"));
  ASSERT_TRUE(eventually([&] { return device->refusals >= 4; })) << "the next turn is 1.2 seconds away";
  device->does_not_open = false;
  const std::uint64_t ticks = driver->ticks;
  ++device->changes;
  EXPECT_TRUE(is_in_use("faulty"));
  EXPECT_LT(driver->ticks - ticks, 50U) << "of ten milliseconds at least";
}

// The thread of the device's calls.

/// As an engine may, if a task holds the last reference to it.
TEST(DeviceThread, What_a_task_held_may_post_from_its_destructor) {
  std::atomic<int> posted{0};
  DeviceThread thread;
  std::shared_ptr<void> object(nullptr, [&](void*) {
    thread.post([] {});
    ++posted;
  });
  thread.post([object = std::move(object)] {});
  EXPECT_TRUE(eventually([&] { return posted == 1; })) << "it waits for itself";
}

TEST(DeviceThread, A_call_that_hangs_is_left_behind_and_counted) {
  const std::uint64_t abandoned = hal::abandoned_threads();
  const auto hold = std::make_shared<std::atomic<bool>>(true);
  {
    DeviceThread thread;
    thread.post([hold] {
      while (*hold) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
    thread.end();
  }
  EXPECT_EQ(hal::abandoned_threads(), abandoned + 1);
  *hold = false;
  EXPECT_TRUE(eventually([&] { return hold.use_count() == 1; }));
}

}  // namespace
}  // namespace refwave::engine
