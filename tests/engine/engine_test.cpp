// Devices that fail, and the clocked device that takes over.
#include "driver/engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/system/clock.h"
#include "tests/engine/engine_helpers.h"

namespace refwave::engine {
namespace {

using namespace test;
using testing::HasSubstr;

using EngineLoss = EngineTest;

TEST_F(EngineLoss, A_device_that_does_not_open_is_replaced_by_the_clock_which_says_why) {
  device->does_not_open = true;
  start();
  write(5);
  EXPECT_TRUE(completes());
  EXPECT_EQ(device_in_use(*driver), "clocked");
  EXPECT_THAT(event_log(), HasSubstr("faulty does not open"));
}

TEST_F(EngineLoss, An_open_that_fails_is_an_error_and_the_slot_is_free_again) {
  driver.emplace(without_fallback(), 1, device);
  device->does_not_open = true;
  for (std::size_t i = 0; i < core::kSlots + 1; ++i) ASSERT_EQ(driver->open(client), core::Error::no_device);
  device->does_not_open = false;
  device->throws = true;
  for (std::size_t i = 0; i < core::kSlots + 1; ++i) ASSERT_EQ(driver->open(client), core::Error::no_memory);
  EXPECT_EQ(client.opened, 0U);
  device->throws = false;
  EXPECT_EQ(driver->open(client), core::Error::none);
}

TEST_F(EngineLoss, When_a_device_is_lost_every_header_is_done) {
  device->nap_us = 10'000;
  device->lost_after = 7;
  start();
  write(50);
  device->does_not_open = true;  // and it does not come back
  EXPECT_TRUE(completes());
  EXPECT_EQ(device_in_use(*driver), "clocked");
  EXPECT_EQ(driver->position(client), 50U * kPeriod);
  EXPECT_THAT(event_log(), HasSubstr("was lost"));
}

TEST_F(EngineLoss, The_clock_takes_over_though_the_sound_server_does_not_answer) {
  start();
  write(300);
  ASSERT_TRUE(is_told_of(3));
  device->lists_slowly = true;
  device->opens_slowly = true;
  device->calls = false;
  EXPECT_TRUE(is_in_use("clocked"));
  device->lists_slowly = false;
  device->opens_slowly = false;
}

/// Effects: a call of a device's thread, for a period.
std::vector<std::int16_t> call(hal::AudioCallback& callback) {
  std::vector<std::int16_t> data(std::size_t{kPeriod} * 2, 0x7777);
  callback.process({.data = reinterpret_cast<std::byte*>(data.data()),
                    .frames = kPeriod,
                    .monotonic_ns = hal::monotonic_now_ns()});
  return data;
}

TEST_F(EngineLoss, Late_callbacks_of_a_device_that_was_replaced_touch_nothing) {
  device->lost_after = 3;
  start({}, kStepped);
  write(10);
  device->does_not_open = true;
  ASSERT_TRUE(is_in_use("clocked"));
  ASSERT_TRUE(is_told_of(3));
  ASSERT_TRUE(eventually([&] { return device->alive == 0; })) << "its own thread has ended";
  const std::uint64_t position = driver->position(client);

  const auto late = device->callback(0);
  for (int i = 0; i < 100; ++i) EXPECT_THAT(call(*late), testing::Each(0)) << "it renders silence";
  late->on_lost();
  EXPECT_EQ(driver->position(client), position);
  EXPECT_EQ(client.done, 3U);
  EXPECT_EQ(device_in_use(*driver), "clocked");

  driver->step(10);
  EXPECT_TRUE(completes());
}

TEST_F(EngineLoss, Late_callbacks_beside_the_clock_lose_double_and_reorder_nothing) {
  device->lost_after = 3;
  start({}, 100);
  std::atomic<bool> ending{false};
  write(4);
  device->does_not_open = true;
  ASSERT_TRUE(eventually([&] { return driver->output->statistics().losses > 0 && device->alive == 0; }));
  std::thread dead([&] {
    const auto late = device->callback(0);
    while (!ending) call(*late);
  });
  for (int i = 0; i < 300; ++i) {
    driver->write(client, 100);
    if (i % 50 == 0) {
      EXPECT_TRUE(completes());
    }
  }
  EXPECT_TRUE(completes());
  ending = true;
  dead.join();
  EXPECT_EQ(driver->position(client), 4U * kPeriod + 300U * 100);
}

/// Returns: how often `part` occurs in the text.
std::size_t count_of(std::string_view part, const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST_F(EngineLoss, A_device_that_is_lost_again_and_again_is_not_a_warning_each_time) {
  device->lost_after = 5;
  start();
  write(1'000);
  ASSERT_TRUE(eventually([&] { return driver->output->statistics().losses >= 3; }));
  EXPECT_LT(count_of("was lost", event_log()), driver->output->statistics().losses);
  EXPECT_LE(count_of("\" is back", event_log()), count_of("was lost", event_log()));
  EXPECT_EQ(driver->reset(client), core::Error::none);
}

TEST_F(EngineLoss, A_device_that_comes_back_plays_again) {
  start_and_lose(200);
  device->lost_after = 0;
  const std::uint64_t loud_before = device->loud_periods;
  EXPECT_TRUE(is_in_use("faulty"));
  EXPECT_TRUE(eventually([&] { return device->loud_periods > loud_before; }));
  EXPECT_THAT(event_log(), HasSubstr("is back"));
  EXPECT_TRUE(completes());
  EXPECT_TRUE(eventually([&] { return device->alive == 1; })) << "the lost one was let go";
}

TEST_F(EngineLoss, A_device_that_opens_again_but_does_not_call_is_not_gone_back_to) {
  start_and_lose(200, impatient());
  device->calls = false;
  device->lost_after = 0;
  ASSERT_TRUE(eventually([&] { return device->opens == 2; }));
  EXPECT_TRUE(eventually([&] { return device->alive == 0; })) << "it was tried and let go";
  EXPECT_EQ(device_in_use(*driver), "clocked");
  EXPECT_TRUE(completes());
  EXPECT_EQ(driver->output->statistics().losses, 1U);
}

TEST_F(EngineLoss, Opening_a_stream_does_not_wait_while_the_device_is_tried_again) {
  start_and_lose(500);
  device->opens_slowly = true;
  ASSERT_TRUE(eventually([&] { return device->slow_calls == 1; }));
  std::atomic<bool> opened{false};
  std::thread thread([&] {
    driver->open(other);
    opened = true;
  });
  EXPECT_TRUE(eventually([&] { return opened.load(); }));
  device->opens_slowly = false;
  thread.join();
}

}  // namespace
}  // namespace refwave::engine
