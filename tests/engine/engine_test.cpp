// Devices that fail in every way, and the clocked device that takes over.
#include "driver/engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/system/clock.h"
#include "tests/engine/engine_room.h"

namespace refwave::engine {
namespace {

using namespace std::chrono_literals;
using namespace test;
using testing::HasSubstr;

TEST(Engine, A_device_that_does_not_open_is_replaced_by_the_clock_which_says_why) {
  Client client;
  auto broken = faults();
  broken->does_not_open = true;
  Room room({}, 1, broken);
  ASSERT_EQ(room.open(client), stream::Error::none);
  for (int i = 0; i < 5; ++i) room.write(client, kPeriod);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
  EXPECT_EQ(device_in_use(room), "clocked");
  EXPECT_THAT(room.room.journal->text(), HasSubstr("faulty does not open"));
}

TEST(Engine, Without_a_fallback_a_device_that_does_not_open_is_an_error_and_the_slot_is_free_again) {
  Client client;
  auto broken = faults();
  broken->does_not_open = true;
  configuration::Configuration configuration;
  configuration.fallback = configuration::Fallback::none;
  Room room(configuration, 1, broken);
  for (std::size_t i = 0; i < core::kSlots + 1; ++i) ASSERT_EQ(room.open(client), stream::Error::no_device);
  EXPECT_EQ(client.opened, 0U);
}

TEST(Engine, An_open_that_runs_out_of_memory_is_an_error_and_the_slot_is_free_again) {
  Client client;
  auto broken = faults();
  broken->throws = true;
  Room room({}, 1, broken);
  for (std::size_t i = 0; i < core::kSlots + 1; ++i) ASSERT_EQ(room.open(client), stream::Error::no_memory);
  broken->throws = false;
  EXPECT_EQ(room.open(client), stream::Error::none);
}

TEST(Engine, A_device_that_does_not_start_is_replaced_by_the_clock) {
  Client client;
  auto broken = faults();
  broken->does_not_start = true;
  Room room({}, 1, broken);
  room.open(client);
  room.write(client, kPeriod);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_EQ(device_in_use(room), "clocked");
  EXPECT_EQ(room.output->statistics().losses, 1U);
}

TEST(Engine, When_a_device_is_lost_every_header_is_done) {
  Client client;
  auto broken = faults();
  broken->nap_us = 10'000;
  broken->lost_after = 7;
  Room room({}, 1, broken);
  room.open(client);
  for (int i = 0; i < 50; ++i) room.write(client, kPeriod);
  broken->does_not_open = true;  // and it does not come back
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
  EXPECT_EQ(device_in_use(room), "clocked");
  EXPECT_EQ(room.position(client), 50U * kPeriod);
  EXPECT_THAT(room.room.journal->text(), HasSubstr("was lost"));
}

TEST(Engine, A_device_that_says_it_is_lost_is_replaced_though_it_goes_on_calling) {
  Client client;
  auto device = faults();
  Room room({}, 1, device);
  room.open(client);
  for (int i = 0; i < 100; ++i) room.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return client.done > 2; }));
  device->does_not_open = true;
  device->callback(0)->on_lost();
  EXPECT_TRUE(eventually([&] { return device_in_use(room) == "clocked"; }));
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
}

TEST(Engine, When_a_device_stops_calling_every_header_is_done) {
  Client client;
  auto broken = faults();
  broken->nap_us = 10'000;
  Room room({}, 1, broken);
  room.open(client);
  for (int i = 0; i < 50; ++i) room.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return client.done > 5; }));
  broken->does_not_open = true;
  broken->calls = false;
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
  EXPECT_THAT(room.room.journal->text(), HasSubstr("has stopped calling"));
}

TEST(Engine, The_clock_takes_over_though_the_sound_server_does_not_answer) {
  Client client;
  auto broken = faults();
  Room room({}, 1, broken);
  room.open(client);
  for (int i = 0; i < 300; ++i) room.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return client.done > 2; }));
  broken->lists_slowly = true;
  broken->opens_slowly = true;
  broken->calls = false;
  EXPECT_TRUE(eventually([&] { return device_in_use(room) == "clocked"; }));
  broken->lists_slowly = false;
  broken->opens_slowly = false;
}

TEST(Engine, Lost_at_any_moment_no_header_is_lost_doubled_or_out_of_order) {
  for (std::uint64_t moment = 1; moment <= 25; ++moment) {
    Client client;
    auto broken = faults();
    broken->lost_after = moment;
    Room room({}, 100, broken);
    ASSERT_EQ(room.open(client, 4), stream::Error::none);
    for (int i = 0; i < 40; ++i) ASSERT_EQ(room.write(client, kPeriod / 2 + 7), stream::Error::none);
    ASSERT_TRUE(eventually([&] { return client.all_done(); })) << moment << " " << client.done;
    EXPECT_TRUE(client.in_order());
    EXPECT_EQ(room.position(client), 40U * (kPeriod / 2 + 7));
    EXPECT_EQ(room.close(client), stream::Error::none);
    EXPECT_EQ(client.closed, 1U);
    EXPECT_EQ(client.after_close, 0U);
  }
}

TEST(Engine, Late_callbacks_of_a_device_that_was_replaced_touch_nothing) {
  Client client;
  auto broken = faults();
  broken->lost_after = 3;
  Room room({}, 0, broken);  // the clock that takes over stands still
  room.open(client);
  for (int i = 0; i < 10; ++i) room.write(client, kPeriod);
  broken->does_not_open = true;
  ASSERT_TRUE(eventually([&] { return device_in_use(room) == "clocked"; }));
  ASSERT_TRUE(eventually([&] { return client.done == 3; }));
  ASSERT_TRUE(eventually([&] { return broken->alive == 0; })) << "its own thread has ended";
  const std::uint64_t position = room.position(client);

  const auto late = broken->callback(0);
  std::vector<std::int16_t> data(std::size_t{kPeriod} * 2, 0x7777);
  for (int i = 0; i < 100; ++i) {
    late->process({.data = reinterpret_cast<std::byte*>(data.data()),
                   .frames = kPeriod,
                   .monotonic_ns = hal::monotonic_now_ns()});
  }
  late->on_lost();
  EXPECT_EQ(data, std::vector<std::int16_t>(std::size_t{kPeriod} * 2, 0)) << "it renders silence";
  EXPECT_EQ(room.position(client), position);
  EXPECT_EQ(client.done, 3U);
  EXPECT_EQ(device_in_use(room), "clocked");

  room.step(10);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
}

TEST(Engine, Late_callbacks_beside_the_clock_lose_double_and_reorder_nothing) {
  Client client;
  auto broken = faults();
  broken->lost_after = 3;
  Room room({}, 100, broken);
  room.open(client);
  std::atomic<bool> ending{false};
  for (int i = 0; i < 4; ++i) room.write(client, kPeriod);
  broken->does_not_open = true;
  ASSERT_TRUE(eventually([&] { return room.output->statistics().losses > 0 && broken->alive == 0; }));
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
    room.write(client, 100);
    if (i % 50 == 0) {
      EXPECT_TRUE(eventually([&] { return client.all_done(); }));
    }
  }
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  ending = true;
  dead.join();
  EXPECT_TRUE(client.in_order());
  EXPECT_EQ(room.position(client), 4U * kPeriod + 300U * 100);
}

/// Returns: how often `part` occurs in the driver's warnings.
std::size_t warnings_with(Room& room, std::string_view part) {
  const std::string text = room.room.journal->text();
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Engine, A_device_that_is_lost_again_and_again_is_not_a_warning_each_time) {
  Client client;
  auto broken = faults();
  broken->lost_after = 5;
  Room room({}, 1, broken);
  room.open(client);
  for (int i = 0; i < 1'000; ++i) room.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return room.output->statistics().losses >= 3; }));
  EXPECT_LT(warnings_with(room, "was lost"), room.output->statistics().losses);
  EXPECT_LE(warnings_with(room, "\" is back"), warnings_with(room, "was lost"));
  EXPECT_EQ(room.reset(client), stream::Error::none);
}

TEST(Engine, A_device_that_comes_back_plays_again) {
  Client client;
  auto broken = faults();
  broken->lost_after = 5;
  Room room({}, 1, broken);
  room.open(client);
  for (int i = 0; i < 200; ++i) room.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return room.output->statistics().losses == 1; }));
  broken->lost_after = 0;
  const std::uint64_t loud_before = broken->loud_periods;
  EXPECT_TRUE(eventually([&] { return device_in_use(room) == "faulty"; }));
  EXPECT_TRUE(eventually([&] { return broken->loud_periods > loud_before; }));
  EXPECT_THAT(room.room.journal->text(), HasSubstr("is back"));
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
  EXPECT_TRUE(eventually([&] { return broken->alive == 1; })) << "the lost one was let go";
}

TEST(Engine, A_device_that_opens_again_but_does_not_call_is_not_gone_back_to) {
  Client client;
  auto broken = faults();
  broken->lost_after = 5;
  Room room(test::impatient(), 1, broken);
  room.open(client);
  for (int i = 0; i < 200; ++i) room.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return room.output->statistics().losses == 1; }));
  broken->calls = false;
  broken->lost_after = 0;
  ASSERT_TRUE(eventually([&] { return broken->opens == 2; }));
  EXPECT_TRUE(eventually([&] { return broken->alive == 0; })) << "it was tried and let go";
  EXPECT_EQ(device_in_use(room), "clocked");
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_EQ(room.output->statistics().losses, 1U);
}

TEST(Engine, Opening_a_stream_does_not_wait_while_the_device_is_tried_again) {
  Client first;
  Client second;
  auto broken = faults();
  broken->lost_after = 5;
  Room room({}, 1, broken);
  room.open(first);
  for (int i = 0; i < 500; ++i) room.write(first, kPeriod);
  ASSERT_TRUE(eventually([&] { return room.output->statistics().losses == 1; }));
  broken->opens_slowly = true;
  ASSERT_TRUE(eventually([&] { return broken->slow_calls == 1; }));

  std::atomic<bool> opened{false};
  std::thread client([&] {
    room.open(second);
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
  Room room({}, 1, odd);
  room.open(client);
  for (int i = 0; i < 60; ++i) room.write(client, 331);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
  EXPECT_EQ(room.position(client), 60U * 331);
  EXPECT_EQ(room.output->statistics().name, "faulty");
}

}  // namespace
}  // namespace refwave::engine
