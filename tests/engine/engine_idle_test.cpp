// A device that no stream needs; then tests for all devices: many streams, headers that wait, direct
// completion.
#include "driver/engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/engine_helpers.h"

namespace refwave::engine {
namespace {

using namespace std::chrono_literals;
using namespace test;

TEST(EngineIdle, An_idle_device_is_closed_and_opened_again_by_the_next_write) {
  Client client;
  auto device = faults();
  AssembledDriver driver(lingering(50), 1, device);
  driver.open(client);
  for (std::uint32_t round = 1; round <= 3; ++round) {
    driver.write(client, kPeriod);
    ASSERT_TRUE(eventually([&] { return client.all_done(); }));
    ASSERT_TRUE(eventually([&] { return device->alive == 0; }));
    EXPECT_EQ(device_in_use(driver), "");
    EXPECT_EQ(device->opens, round);
  }
  EXPECT_EQ(driver.position(client), 3U * kPeriod);
}

TEST(EngineIdle, A_device_that_was_opened_and_never_written_to_is_closed_too) {
  Client client;
  auto device = faults();
  AssembledDriver driver(lingering(0), 1, device);
  ASSERT_TRUE(eventually([&] { return driver.ticks > 0; }));  // the housekeeper sleeps now
  driver.open(client);
  driver.close(client);
  EXPECT_TRUE(eventually([&] { return device->alive == 0; }));
}

TEST(EngineIdle, No_wake_is_lost_between_a_write_and_an_idle_device) {
  Client client;
  auto device = faults();
  device->nap_us = 100;
  AssembledDriver driver(lingering(0), 1, device);
  driver.open(client);
  for (int i = 0; i < 150; ++i) {
    driver.write(client, 16);
    ASSERT_TRUE(eventually([&] { return client.all_done(); })) << i;
    // The next write meets the moments at which the housekeeper finds the device idle and has it stopped.
    const std::uint64_t tick = driver.ticks;
    // The housekeeper sleeps if the device is closed already.
    const auto deadline = std::chrono::steady_clock::now() + 20ms;
    while (driver.ticks == tick && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    const std::uint64_t turns = static_cast<std::uint64_t>(i) * 7'919 % 20'000;
    for (std::atomic<std::uint64_t> turn{0}; turn < turns; ++turn) {
    }
  }
  EXPECT_TRUE(client.in_order());
  EXPECT_GT(device->opens, 1U) << "it was never idle: nothing was tested";
}

TEST(EngineIdle, What_is_written_while_a_device_stops_is_for_the_next_one) {
  Client client;
  auto device = faults();
  AssembledDriver driver(lingering(0), 1, device);
  driver.open(client);
  device->stops_slowly = true;
  driver.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return client.all_done(); }));
  ASSERT_TRUE(eventually([&] { return device->slow_calls == 1; }));
  const std::uint64_t loud = device->loud_frames;
  driver.write(client, kPeriod);
  EXPECT_TRUE(eventually([&] { return client.all_done(); })) << "the clock does not wait for it";
  EXPECT_EQ(device->loud_frames.load(), loud) << "it went into a device that stops";
  device->stops_slowly = false;
}

TEST(EngineIdle, Without_lingering_the_resampler_s_tail_is_heard) {
  Client client;
  auto device = faults();
  device->rate = 96'000;
  device->period_frames = {8};
  device->nap_us = 5'000;
  AssembledDriver driver(lingering(0), 1, device);
  driver.open(client);
  driver.write(client, 100);
  ASSERT_TRUE(eventually([&] { return client.all_done(); }));
  ASSERT_TRUE(eventually([&] { return device->alive == 0; }));
  EXPECT_GE(device->loud_frames.load(), 200U);
}

TEST(EngineIdle, Headers_that_wait_behind_a_blocked_client_keep_the_device_open) {
  Client client;
  std::atomic<bool> blocked{true};
  auto device = faults();
  AssembledDriver driver(lingering(0), 1, device);
  client.inside = [&] { eventually([&] { return !blocked; }); };
  driver.open(client, 2);
  for (int i = 0; i < 6; ++i) driver.write(client, 10);
  const std::uint64_t ticks = driver.ticks;
  ASSERT_TRUE(eventually([&] { return driver.ticks > ticks + 20; }));
  blocked = false;
  EXPECT_TRUE(eventually([&] { return client.all_done(); }))
      << "nobody starts the device for those that waited";
}

TEST(EngineIdle, Paused_headers_do_not_keep_a_device_open_and_are_played_after_the_restart) {
  Client client;
  auto device = faults();
  AssembledDriver driver(lingering(0), 1, device);
  driver.open(client);
  driver.streams->pause(client.handle, hal::Direction::output);
  for (int i = 0; i < 3; ++i) driver.write(client, kPeriod);
  EXPECT_TRUE(eventually([&] { return device->alive == 0; }));
  EXPECT_EQ(client.done, 0U);
  driver.streams->run(client.handle, hal::Direction::output);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
}

TEST(EngineIdle, Sixty_four_streams_on_one_device_all_complete_everything) {
  std::deque<Client> clients(64);
  AssembledDriver driver({}, 100);
  for (Client& client : clients) ASSERT_EQ(driver.open(client, 16), core::Error::none);
  for (int i = 0; i < 40; ++i) {
    for (Client& client : clients) ASSERT_EQ(driver.write(client, 97), core::Error::none);
  }
  for (Client& client : clients) {
    EXPECT_TRUE(eventually([&] { return client.all_done(); }));
    EXPECT_TRUE(client.in_order());
    EXPECT_EQ(driver.position(client), 40U * 97);
    EXPECT_EQ(driver.close(client), core::Error::none);
  }
}

TEST(EngineIdle, Direct_completion_calls_clients_in_order_and_lets_them_write_reset_and_close) {
  Client client;
  Client closing;
  configuration::Configuration configuration;
  configuration.completion = configuration::Completion::direct;
  AssembledDriver driver(configuration, 100);
  client.inside = [&] {
    if (client.done < 20) driver.write(client, 50);
  };
  driver.open(client, 4);
  closing.inside = [&] {
    driver.reset(closing);
    driver.close(closing);
  };
  driver.open(closing, 4);
  for (Client* one : {&client, &closing}) {
    driver.streams->pause(one->handle, hal::Direction::output);
    for (int i = 0; i < 10; ++i) driver.write(*one, 50);
    driver.streams->run(one->handle, hal::Direction::output);
  }
  EXPECT_TRUE(eventually([&] { return client.done == 30; }));
  EXPECT_TRUE(client.in_order());
  EXPECT_TRUE(eventually([&] { return closing.closed == 1; }));
  EXPECT_TRUE(eventually([&] { return closing.all_done(); }));
  EXPECT_TRUE(closing.in_order());
}

}  // namespace
}  // namespace refwave::engine
