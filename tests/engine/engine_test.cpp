// Devices that fail in every way, and the clocked device that takes over.
#include "driver/engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/system/clock.h"
#include "tests/engine/engine_helpers.h"

namespace refwave::engine {
namespace {

using namespace std::chrono_literals;
using namespace test;
using testing::HasSubstr;

TEST(Engine, A_device_that_does_not_open_is_replaced_by_the_clock_which_says_why) {
  Client client;
  auto broken = faults();
  broken->does_not_open = true;
  AssembledDriver driver({}, 1, broken);
  ASSERT_EQ(driver.open(client), core::Error::none);
  for (int i = 0; i < 5; ++i) driver.write(client, kPeriod);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
  EXPECT_EQ(device_in_use(driver), "clocked");
  EXPECT_THAT(driver.context.journal->text(), HasSubstr("faulty does not open"));
}

TEST(Engine, Without_a_fallback_a_device_that_does_not_open_is_an_error_and_the_slot_is_free_again) {
  Client client;
  auto broken = faults();
  broken->does_not_open = true;
  configuration::Configuration configuration;
  configuration.fallback = configuration::Fallback::none;
  AssembledDriver driver(configuration, 1, broken);
  for (std::size_t i = 0; i < core::kSlots + 1; ++i) ASSERT_EQ(driver.open(client), core::Error::no_device);
  EXPECT_EQ(client.opened, 0U);
}

TEST(Engine, An_open_that_runs_out_of_memory_is_an_error_and_the_slot_is_free_again) {
  Client client;
  auto broken = faults();
  broken->throws = true;
  AssembledDriver driver({}, 1, broken);
  for (std::size_t i = 0; i < core::kSlots + 1; ++i) ASSERT_EQ(driver.open(client), core::Error::no_memory);
  broken->throws = false;
  EXPECT_EQ(driver.open(client), core::Error::none);
}

TEST(Engine, A_device_that_does_not_start_is_replaced_by_the_clock) {
  Client client;
  auto broken = faults();
  broken->does_not_start = true;
  AssembledDriver driver({}, 1, broken);
  driver.open(client);
  driver.write(client, kPeriod);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_EQ(device_in_use(driver), "clocked");
  EXPECT_EQ(driver.output->statistics().losses, 1U);
}

TEST(Engine, When_a_device_is_lost_every_header_is_done) {
  Client client;
  auto broken = faults();
  broken->nap_us = 10'000;
  broken->lost_after = 7;
  AssembledDriver driver({}, 1, broken);
  driver.open(client);
  for (int i = 0; i < 50; ++i) driver.write(client, kPeriod);
  broken->does_not_open = true;  // and it does not come back
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
  EXPECT_EQ(device_in_use(driver), "clocked");
  EXPECT_EQ(driver.position(client), 50U * kPeriod);
  EXPECT_THAT(driver.context.journal->text(), HasSubstr("was lost"));
}

TEST(Engine, A_device_that_says_it_is_lost_is_replaced_though_it_goes_on_calling) {
  Client client;
  auto device = faults();
  AssembledDriver driver({}, 1, device);
  driver.open(client);
  for (int i = 0; i < 100; ++i) driver.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return client.done > 2; }));
  device->does_not_open = true;
  device->callback(0)->on_lost();
  EXPECT_TRUE(eventually([&] { return device_in_use(driver) == "clocked"; }));
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
}

TEST(Engine, When_a_device_stops_calling_every_header_is_done) {
  Client client;
  auto broken = faults();
  broken->nap_us = 10'000;
  AssembledDriver driver({}, 1, broken);
  driver.open(client);
  for (int i = 0; i < 50; ++i) driver.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return client.done > 5; }));
  broken->does_not_open = true;
  broken->calls = false;
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
  EXPECT_THAT(driver.context.journal->text(), HasSubstr("has stopped calling"));
}

TEST(Engine, The_clock_takes_over_though_the_sound_server_does_not_answer) {
  Client client;
  auto broken = faults();
  AssembledDriver driver({}, 1, broken);
  driver.open(client);
  for (int i = 0; i < 300; ++i) driver.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return client.done > 2; }));
  broken->lists_slowly = true;
  broken->opens_slowly = true;
  broken->calls = false;
  EXPECT_TRUE(eventually([&] { return device_in_use(driver) == "clocked"; }));
  broken->lists_slowly = false;
  broken->opens_slowly = false;
}

TEST(Engine, Lost_at_any_moment_no_header_is_lost_doubled_or_out_of_order) {
  for (std::uint64_t moment = 1; moment <= 25; ++moment) {
    Client client;
    auto broken = faults();
    broken->lost_after = moment;
    AssembledDriver driver({}, 100, broken);
    ASSERT_EQ(driver.open(client, 4), core::Error::none);
    for (int i = 0; i < 40; ++i) ASSERT_EQ(driver.write(client, kPeriod / 2 + 7), core::Error::none);
    ASSERT_TRUE(eventually([&] { return client.all_done(); })) << moment << " " << client.done;
    EXPECT_TRUE(client.in_order());
    EXPECT_EQ(driver.position(client), 40U * (kPeriod / 2 + 7));
    EXPECT_EQ(driver.close(client), core::Error::none);
    EXPECT_EQ(client.closed, 1U);
    EXPECT_EQ(client.after_close, 0U);
  }
}

TEST(Engine, Late_callbacks_of_a_device_that_was_replaced_touch_nothing) {
  Client client;
  auto broken = faults();
  broken->lost_after = 3;
  AssembledDriver driver({}, 0, broken);  // the clock that takes over stands still
  driver.open(client);
  for (int i = 0; i < 10; ++i) driver.write(client, kPeriod);
  broken->does_not_open = true;
  ASSERT_TRUE(eventually([&] { return device_in_use(driver) == "clocked"; }));
  ASSERT_TRUE(eventually([&] { return client.done == 3; }));
  ASSERT_TRUE(eventually([&] { return broken->alive == 0; })) << "its own thread has ended";
  const std::uint64_t position = driver.position(client);

  const auto late = broken->callback(0);
  std::vector<std::int16_t> data(std::size_t{kPeriod} * 2, 0x7777);
  for (int i = 0; i < 100; ++i) {
    late->process({.data = reinterpret_cast<std::byte*>(data.data()),
                   .frames = kPeriod,
                   .monotonic_ns = hal::monotonic_now_ns()});
  }
  late->on_lost();
  EXPECT_EQ(data, std::vector<std::int16_t>(std::size_t{kPeriod} * 2, 0)) << "it renders silence";
  EXPECT_EQ(driver.position(client), position);
  EXPECT_EQ(client.done, 3U);
  EXPECT_EQ(device_in_use(driver), "clocked");

  driver.step(10);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
}

TEST(Engine, Late_callbacks_beside_the_clock_lose_double_and_reorder_nothing) {
  Client client;
  auto broken = faults();
  broken->lost_after = 3;
  AssembledDriver driver({}, 100, broken);
  driver.open(client);
  std::atomic<bool> ending{false};
  for (int i = 0; i < 4; ++i) driver.write(client, kPeriod);
  broken->does_not_open = true;
  ASSERT_TRUE(eventually([&] { return driver.output->statistics().losses > 0 && broken->alive == 0; }));
  std::thread dead([&] {
    const auto late = broken->callback(0);
    std::vector<std::int16_t> data(std::size_t{kPeriod} * 2);
    while (!ending) {
      late->process({.data = reinterpret_cast<std::byte*>(data.data()),
                     .frames = kPeriod,
                     .monotonic_ns = hal::monotonic_now_ns()});
    }
  });
  for (int i = 0; i < 300; ++i) {
    driver.write(client, 100);
    if (i % 50 == 0) {
      EXPECT_TRUE(eventually([&] { return client.all_done(); }));
    }
  }
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  ending = true;
  dead.join();
  EXPECT_TRUE(client.in_order());
  EXPECT_EQ(driver.position(client), 4U * kPeriod + 300U * 100);
}

/// Returns: how often `part` occurs in the driver's warnings.
std::size_t warnings_with(AssembledDriver& driver, std::string_view part) {
  const std::string text = driver.context.journal->text();
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Engine, A_device_that_is_lost_again_and_again_is_not_a_warning_each_time) {
  Client client;
  auto broken = faults();
  broken->lost_after = 5;
  AssembledDriver driver({}, 1, broken);
  driver.open(client);
  for (int i = 0; i < 1'000; ++i) driver.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return driver.output->statistics().losses >= 3; }));
  EXPECT_LT(warnings_with(driver, "was lost"), driver.output->statistics().losses);
  EXPECT_LE(warnings_with(driver, "\" is back"), warnings_with(driver, "was lost"));
  EXPECT_EQ(driver.reset(client), core::Error::none);
}

TEST(Engine, A_device_that_comes_back_plays_again) {
  Client client;
  auto broken = faults();
  broken->lost_after = 5;
  AssembledDriver driver({}, 1, broken);
  driver.open(client);
  for (int i = 0; i < 200; ++i) driver.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return driver.output->statistics().losses == 1; }));
  broken->lost_after = 0;
  const std::uint64_t loud_before = broken->loud_periods;
  EXPECT_TRUE(eventually([&] { return device_in_use(driver) == "faulty"; }));
  EXPECT_TRUE(eventually([&] { return broken->loud_periods > loud_before; }));
  EXPECT_THAT(driver.context.journal->text(), HasSubstr("is back"));
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
  EXPECT_TRUE(eventually([&] { return broken->alive == 1; })) << "the lost one was let go";
}

TEST(Engine, A_device_that_opens_again_but_does_not_call_is_not_gone_back_to) {
  Client client;
  auto broken = faults();
  broken->lost_after = 5;
  AssembledDriver driver(test::impatient(), 1, broken);
  driver.open(client);
  for (int i = 0; i < 200; ++i) driver.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return driver.output->statistics().losses == 1; }));
  broken->calls = false;
  broken->lost_after = 0;
  ASSERT_TRUE(eventually([&] { return broken->opens == 2; }));
  EXPECT_TRUE(eventually([&] { return broken->alive == 0; })) << "it was tried and let go";
  EXPECT_EQ(device_in_use(driver), "clocked");
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_EQ(driver.output->statistics().losses, 1U);
}

TEST(Engine, Opening_a_stream_does_not_wait_while_the_device_is_tried_again) {
  Client first;
  Client second;
  auto broken = faults();
  broken->lost_after = 5;
  AssembledDriver driver({}, 1, broken);
  driver.open(first);
  for (int i = 0; i < 500; ++i) driver.write(first, kPeriod);
  ASSERT_TRUE(eventually([&] { return driver.output->statistics().losses == 1; }));
  broken->opens_slowly = true;
  ASSERT_TRUE(eventually([&] { return broken->slow_calls == 1; }));

  std::atomic<bool> opened{false};
  std::thread client([&] {
    driver.open(second);
    opened = true;
  });
  EXPECT_TRUE(eventually([&] { return opened.load(); }));
  broken->opens_slowly = false;
  client.join();
}

TEST(Engine, Periods_of_odd_sizes_lose_no_frame) {
  Client client;
  auto odd = faults();
  odd->period_frames = {1, 37, 0, 480, 1'023, 1'025, 5'000, 3};
  AssembledDriver driver({}, 1, odd);
  driver.open(client);
  for (int i = 0; i < 60; ++i) driver.write(client, 331);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
  EXPECT_EQ(driver.position(client), 60U * 331);
  EXPECT_EQ(driver.output->statistics().name, "faulty");
}

}  // namespace
}  // namespace refwave::engine
