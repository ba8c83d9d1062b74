// An idle device is closed; one that streams still need stays open.
#include "driver/engine/engine.h"

#include <gtest/gtest.h>

#include "tests/engine/engine_helpers.h"

namespace refwave::engine {
namespace {

using namespace test;

class EngineIdle : public EngineTest {
 protected:
  bool is_closed() {
    return eventually([&] { return device->alive == 0; });
  }
};

TEST_F(EngineIdle, An_idle_device_is_closed_and_opened_again_by_the_next_write) {
  start(lingering(50));
  for (std::uint32_t round = 1; round <= 3; ++round) {
    write(1);
    ASSERT_TRUE(completes());
    ASSERT_TRUE(is_closed());
    EXPECT_EQ(device_in_use(*driver), "");
    EXPECT_EQ(device->opens, round);
  }
  EXPECT_EQ(driver->position(client), 3U * kPeriod);
}

TEST_F(EngineIdle, A_device_that_was_opened_and_never_written_to_is_closed_too) {
  driver.emplace(lingering(0), 1, device);
  ASSERT_TRUE(eventually([&] { return driver->ticks > 0; }));  // the supervisor sleeps now
  driver->open(client);
  driver->close(client);
  EXPECT_TRUE(is_closed());
}

TEST_F(EngineIdle, What_is_written_while_a_device_stops_is_for_the_next_one) {
  start(lingering(0));
  device->stops_slowly = true;
  write(1);
  ASSERT_TRUE(completes());
  ASSERT_TRUE(eventually([&] { return device->slow_calls == 1; }));
  const std::uint64_t loud = device->loud_frames;
  write(1);
  EXPECT_TRUE(completes()) << "the clock does not wait for it";
  EXPECT_EQ(device->loud_frames.load(), loud) << "it went into a device that stops";
  device->stops_slowly = false;
}

TEST_F(EngineIdle, Without_lingering_the_resampler_s_tail_is_heard) {
  device->rate = 96'000;
  device->period_frames = {8};
  device->nap_us = 5'000;
  start(lingering(0));
  driver->write(client, 100);
  ASSERT_TRUE(completes());
  ASSERT_TRUE(is_closed());
  EXPECT_GE(device->loud_frames.load(), 200U);
}

TEST_F(EngineIdle, Headers_that_wait_behind_a_blocked_client_keep_the_device_open) {
  std::atomic<bool> blocked{true};
  driver.emplace(lingering(0), 1, device);
  client.inside = [&] { eventually([&] { return !blocked; }); };
  driver->open(client, 2);
  for (int i = 0; i < 6; ++i) driver->write(client, 10);
  const std::uint64_t ticks = driver->ticks;
  ASSERT_TRUE(eventually([&] { return driver->ticks > ticks + 20; }));
  blocked = false;
  EXPECT_TRUE(completes()) << "nobody starts the device for those that waited";
  driver.reset();
}

TEST_F(EngineIdle, Paused_headers_do_not_keep_a_device_open_and_are_played_after_the_restart) {
  start(lingering(0));
  driver->streams->pause(client.handle, kOutput);
  write(3);
  EXPECT_TRUE(is_closed());
  EXPECT_EQ(client.done, 0U);
  driver->streams->run(client.handle, kOutput);
  EXPECT_TRUE(completes());
}

}  // namespace
}  // namespace refwave::engine
