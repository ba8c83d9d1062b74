// The engine's watch: devices that hang or fall silent, threads that die inside a stream, and a process that
// was stopped. In every case every header is done. (That it is done in time: tests/simulation.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "driver/engine/engine.h"
#include "hal/system/clock.h"
#include "tests/engine/engine_helpers.h"

namespace refwave::engine {
namespace {

using namespace std::chrono_literals;
using namespace test;
using testing::HasSubstr;

/// Effects: writes `periods` periods and waits until they are done.
testing::AssertionResult play(AssembledDriver& driver, Client& client, int periods) {
  for (int i = 0; i < periods; ++i) driver.write(client, kPeriod);
  if (!eventually([&] { return client.all_done(); }))
    return testing::AssertionFailure() << "headers are lost";
  if (!client.in_order()) return testing::AssertionFailure() << "out of order";
  return testing::AssertionSuccess();
}

/// Returns: the stream's half, as an audio thread finds it.
core::PlaybackHalf& half_of(core::Stream& slot) {
  return static_cast<core::PlaybackHalf&>(*slot.half.load());
}

/// Effects: from now on this thread has the stream's lock as an audio thread. Returns: its acquisition.
core::RtLock::Token die_inside(core::Stream& slot) {
  core::RtLock::Token acquisition = 0;
  EXPECT_TRUE(eventually([&] { return (acquisition = slot.lock.try_acquire()) != 0; }));
  half_of(slot).enter(acquisition);
  return acquisition;
}

TEST(EngineWatch, A_device_that_never_calls_is_replaced) {
  Client client;
  auto broken = faults();
  broken->calls = false;
  AssembledDriver driver(impatient(), 1, broken);
  driver.open(client);
  EXPECT_TRUE(play(driver, client, 5));
  EXPECT_EQ(device_in_use(driver), "clocked");
}

TEST(EngineWatch, A_device_that_never_calls_is_replaced_under_direct_completion) {
  Client client;
  auto broken = faults();
  broken->calls = false;
  configuration::Configuration configuration = impatient();
  configuration.completion = configuration::Completion::direct;
  AssembledDriver driver(configuration, 1, broken);
  driver.open(client);
  EXPECT_TRUE(play(driver, client, 5));
}

TEST(EngineWatch, A_device_that_hangs_in_its_start_is_replaced) {
  Client client;
  auto broken = faults();
  broken->starts_slowly = true;
  AssembledDriver driver(impatient(), 1, broken);
  driver.open(client);
  EXPECT_TRUE(play(driver, client, 5));
  EXPECT_EQ(device_in_use(driver), "clocked");
  EXPECT_THAT(driver.context.journal->text(), HasSubstr("takes too long to start"));
  broken->starts_slowly = false;
}

TEST(EngineWatch, A_device_that_hangs_when_it_is_opened_again_is_replaced_and_comes_back_later) {
  Client client;
  auto broken = faults();
  AssembledDriver driver(lingering(0), 1, broken);
  ASSERT_TRUE(open_until_let_go(driver, client));
  broken->opens_slowly = true;
  EXPECT_TRUE(play(driver, client, 5));
  broken->opens_slowly = false;
  for (int i = 0; i < 300; ++i) driver.write(client, kPeriod);
  EXPECT_TRUE(eventually([&] { return device_in_use(driver) == "faulty"; }));
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
}

TEST(EngineWatch, A_thread_that_dies_in_one_stream_holds_no_header_of_any_stream) {
  std::deque<Client> clients(3);
  auto broken = faults();
  broken->nap_us = 10'000;
  AssembledDriver driver({}, 1, broken);
  for (Client& client : clients) ASSERT_EQ(driver.open(client), core::Error::none);
  for (Client& client : clients) {
    for (int i = 0; i < 60; ++i) driver.write(client, kPeriod);
  }
  ASSERT_TRUE(eventually([&] { return clients[0].done > 5; }));
  die_inside(driver.slot(0));
  broken->does_not_open = true;
  broken->calls = false;
  for (Client& client : clients) {
    EXPECT_TRUE(eventually([&] { return client.all_done(); }));
    EXPECT_TRUE(client.in_order());
    EXPECT_EQ(driver.position(client), 60U * kPeriod);
  }
  EXPECT_THAT(driver.context.journal->text(), HasSubstr("stuck in a stream"));
}

TEST(EngineWatch, A_stream_whose_thread_has_died_goes_on_and_obeys_its_client) {
  Client client;
  Client next;
  auto broken = faults();
  AssembledDriver driver({}, 1, broken);
  ASSERT_EQ(driver.open(client), core::Error::none);
  const core::RtLock::Token dead = die_inside(driver.slot(0));
  driver.write(client, kPeriod);  // done by the replacement of the half
  broken->does_not_open = true;
  broken->callback(0)->on_lost();
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_EQ(driver.position(client), kPeriod);

  driver.streams->pause(client.handle, hal::Direction::output);
  for (int i = 0; i < 10; ++i) driver.write(client, kPeriod);
  const std::uint64_t ticks = driver.ticks;
  ASSERT_TRUE(eventually([&] { return driver.ticks > ticks + 20; }));
  EXPECT_EQ(client.done, 1U) << "paused";
  driver.streams->run(client.handle, hal::Direction::output);
  EXPECT_TRUE(eventually([&] { return client.done > 3; }));
  EXPECT_EQ(driver.reset(client), core::Error::none);
  EXPECT_EQ(driver.position(client), 0U);
  driver.write(client, kPeriod);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_EQ(driver.position(client), kPeriod);
  EXPECT_TRUE(client.in_order());

  driver.slot(0).lock.release(dead);  // it wakes up
  EXPECT_EQ(driver.close(client), core::Error::none);
  EXPECT_EQ(driver.open(next), core::Error::none);
  EXPECT_EQ(control::slot_of(next.handle), 0U);
  EXPECT_TRUE(play(driver, next, 3)) << "in the same place";
}

TEST(EngineWatch, A_stream_whose_thread_has_died_keeps_its_playback_rate) {
  std::deque<Client> clients(2);
  auto broken = faults();
  AssembledDriver driver({}, 1, broken);
  for (Client& client : clients) ASSERT_EQ(driver.open(client), core::Error::none);
  driver.streams->set_speed(clients[0].handle, control::SpeedPart::rate, dsp::kGreatestFactor);
  driver.streams->set_speed(clients[1].handle, control::SpeedPart::rate, dsp::kLeastFactor);
  for (std::size_t i = 0; i < 2; ++i) die_inside(driver.slot(i));
  for (Client& client : clients) driver.write(client, kPeriod);  // done by the replacements of the halves
  broken->does_not_open = true;
  broken->callback(0)->on_lost();
  for (Client& client : clients) EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  for (Client& client : clients) driver.write(client, 24'000);
  EXPECT_TRUE(eventually([&] { return clients[0].all_done(); }));
  EXPECT_FALSE(clients[1].all_done()) << "it takes two seconds, and the other an eighth of one";
  EXPECT_TRUE(eventually([&] { return clients[1].all_done(); }));
}

TEST(EngineWatch, A_stream_whose_thread_has_died_is_looked_after_when_nobody_else_needs_a_device) {
  Client client;
  auto broken = faults();
  AssembledDriver driver(lingering(0), 1, broken);
  ASSERT_EQ(driver.open(client), core::Error::none);
  die_inside(driver.slot(0));
  driver.write(client, kPeriod);  // done by the replacement of the half
  broken->does_not_open = true;
  broken->calls = false;  // in every device; a device without a stream is closed at once
  ASSERT_TRUE(eventually([&] { return client.all_done(); }));
  ASSERT_TRUE(eventually([&] { return device_in_use(driver).empty(); })) << "and let go again";
  driver.write(client, 48'000);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(eventually([&] { return device_in_use(driver).empty(); })) << "once nothing is queued";
}

/// A reset may wait for a second, with its stream's mutex.
TEST(EngineWatch, An_open_and_the_statistics_do_not_wait_for_a_reset_that_waits_for_a_dead_thread) {
  Client dead;
  Client other;
  auto broken = faults();
  AssembledDriver driver(impatient(), 1, broken);
  driver.open(dead);
  for (int i = 0; i < 1'000; ++i) driver.write(dead, kPeriod);
  die_inside(driver.slot(0));
  {
    const std::lock_guard resetting(driver.slot(0).mutex);
    broken->does_not_open = true;
    broken->calls = false;
    EXPECT_TRUE(eventually([&] { return device_in_use(driver) == "clocked"; }));
    EXPECT_EQ(driver.open(other), core::Error::none);
  }
  EXPECT_EQ(driver.reset(dead), core::Error::none);
  EXPECT_TRUE(eventually([&] { return dead.all_done(); }));
}

TEST(EngineWatch, What_a_dead_thread_has_finished_is_told_though_it_never_came_to_its_wake) {
  Client client;
  Client idle;  // keeps the device running
  auto broken = faults();
  AssembledDriver driver({}, 1, broken);
  driver.open(idle);
  driver.write(idle, 48'000 * 60);
  driver.open(client);
  driver.streams->pause(client.handle, hal::Direction::output);
  driver.write(client, 100);
  core::Stream& slot = driver.slot(1);
  const core::RtLock::Token dead = die_inside(slot);
  slot.running = true;
  std::vector<float> bus(std::size_t{kPeriod} * 2);
  ASSERT_NE(half_of(slot).render(bus.data(), {.frames = kPeriod}, 0xFFFF'FFFFU), 0U);
  if (slot.delivery.post()) driver.context.table->ready.set(1);
  slot.lock.release(dead);
  broken->does_not_open = true;
  broken->calls = false;
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
}

/// Effects: plays a header. The device's thread then dies in the second of two more, after it has finished
/// the first one within the same period.
void die_behind_the_first_block(AssembledDriver& driver, Client& client) {
  driver.open(client);
  driver.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return client.all_done(); }));
  driver.streams->pause(client.handle, hal::Direction::output);
  driver.write(client, 100);
  driver.write(client, kPeriod);
  core::Stream& slot = driver.slot(0);
  // The word is let go after the callback.
  ASSERT_TRUE(eventually([&] { return !slot.delivery.is_busy(); }));
  die_inside(slot);
  slot.running = true;
  std::vector<float> bus(std::size_t{kPeriod} * 2);
  ASSERT_EQ(half_of(slot).render(bus.data(), {.frames = kPeriod}, 0xFFFF'FFFFU), 1U);
  driver.faults->does_not_open = true;
  driver.faults->callback(0)->on_lost();
}

TEST(EngineWatch, What_a_thread_has_finished_in_the_period_in_which_it_died_is_told) {
  Client client;
  AssembledDriver driver(lingering(60'000), 1, faults());
  die_behind_the_first_block(driver, client);
  EXPECT_TRUE(eventually([&] { return client.all_done(); })) << client.done;
  EXPECT_TRUE(client.in_order());
}

TEST(EngineWatch, What_a_thread_was_about_to_tell_when_it_died_in_that_stream_is_told) {
  Client client;
  configuration::Configuration direct = lingering(60'000);
  direct.completion = configuration::Completion::direct;
  AssembledDriver driver(direct, 1, faults());
  driver.open(client);
  driver.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return client.all_done(); }));
  driver.streams->pause(client.handle, hal::Direction::output);
  driver.write(client, 100);
  driver.write(client, kPeriod);
  core::Stream& slot = driver.slot(0);
  // The word is let go after the callback.
  ASSERT_TRUE(eventually([&] { return !slot.delivery.is_busy(); }));
  die_inside(slot);
  slot.running = true;
  std::vector<float> bus(std::size_t{kPeriod} * 2);
  ASSERT_NE(half_of(slot).render(bus.data(), {.frames = kPeriod}, 0xFFFF'FFFFU), 0U);
  ASSERT_TRUE(slot.delivery.post());
  driver.faults->does_not_open = true;
  driver.faults->callback(0)->on_lost();
  EXPECT_TRUE(eventually([&] { return client.all_done(); })) << client.done;
  EXPECT_TRUE(client.in_order());
}

TEST(EngineWatch, A_close_tells_what_a_thread_had_finished_before_it_died) {
  Client client;
  AssembledDriver driver(lingering(60'000), 1, faults());
  die_behind_the_first_block(driver, client);
  EXPECT_EQ(driver.reset(client), core::Error::none);
  EXPECT_EQ(driver.close(client), core::Error::none);
  EXPECT_TRUE(client.all_done()) << client.done;
  EXPECT_TRUE(client.in_order());
  EXPECT_EQ(client.after_close, 0U);
}

TEST(EngineWatch, A_process_that_was_stopped_for_a_while_keeps_its_device) {
  Client client;
  auto device = faults();
  AssembledDriver driver({}, 1, device);
  driver.open(client);
  for (int i = 0; i < 1'000; ++i) driver.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return client.done > 2; }));
  for (int i = 0; i < 10; ++i) {
    driver.output->tick(hal::monotonic_now_ns() + 5'000'000'000);  // the first tick after the stop
    const std::uint64_t periods = device->periods;
    ASSERT_TRUE(eventually([&] { return device->periods > periods; }));
  }
  EXPECT_EQ(device_in_use(driver), "faulty");
  EXPECT_EQ(driver.output->statistics().losses, 0U);
}

TEST(EngineWatch, A_device_that_comes_back_with_no_memory_for_its_streams_is_left_alone) {
  Client client;
  auto broken = faults();
  broken->lost_after = 5;
  AssembledDriver driver({}, 1, broken);
  driver.open(client);
  for (int i = 0; i < 200; ++i) driver.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return driver.output->statistics().losses == 1; }));
  broken->rate = 1;  // no resampler can be made for that
  broken->lost_after = 0;
  EXPECT_TRUE(
      eventually([&] { return driver.context.journal->text().find("no memory") != std::string::npos; }));
  EXPECT_EQ(device_in_use(driver), "clocked");
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
}

TEST(EngineWatch, A_device_that_opens_with_no_memory_for_its_streams_is_replaced) {
  Client client;
  auto broken = faults();
  AssembledDriver driver(lingering(0), 1, broken);
  ASSERT_TRUE(open_until_let_go(driver, client));
  broken->rate = 1;
  EXPECT_TRUE(play(driver, client, 5));
}

TEST(EngineWatch, An_open_that_runs_out_of_memory_on_the_device_thread_is_made_good) {
  Client client;
  auto broken = faults();
  AssembledDriver driver(lingering(0), 1, broken);
  ASSERT_TRUE(open_until_let_go(driver, client));
  broken->throws = true;
  EXPECT_TRUE(play(driver, client, 5));
  broken->throws = false;
}

TEST(EngineWatch, A_device_that_arrives_is_tried_without_waiting_for_the_back_off) {
  Client client;
  auto device = faults();
  AssembledDriver driver({}, 1, device);
  driver.open(client);
  for (int i = 0; i < 2'000; ++i) driver.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return client.done > 0; }));
  device->does_not_open = true;
  device->callback(0)->on_lost();
  ASSERT_TRUE(eventually([&] { return device->refusals >= 3; })) << "the next turn is four seconds away";
  device->does_not_open = false;
  const std::uint64_t ticks = driver.ticks;
  ++device->changes;
  EXPECT_TRUE(eventually([&] { return device_in_use(driver) == "faulty"; }));
  EXPECT_LT(driver.ticks - ticks, 200U) << "of ten milliseconds at least";
}

TEST(EngineWatch, A_device_that_was_never_there_is_tried_with_the_back_off_too) {
  Client client;
  auto device = faults();
  device->does_not_open = true;
  AssembledDriver driver({}, 1, device);
  driver.open(client);
  for (int i = 0; i < 2'000; ++i) driver.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return client.done > 100; }));
  const std::uint32_t tried = device->refusals;
  // Blocks of 10 ms: an attempt in half a second at most.
  EXPECT_LE(tried, 2 + client.done / 50);
}

TEST(EngineWatch, Underflows_and_new_beginnings_of_the_schedule_are_counted) {
  Client client;
  auto device = faults();
  AssembledDriver driver({}, 1, device);
  driver.open(client);
  for (int i = 0; i < 10; ++i) driver.write(client, kPeriod);
  ASSERT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_EQ(driver.output->statistics().xruns, 0U);
  device->runs_short = true;
  EXPECT_TRUE(eventually([&] { return driver.output->statistics().xruns > 0; }));
  EXPECT_EQ(driver.output->statistics().reanchors, 0U);
  device->begins_anew = true;
  EXPECT_TRUE(eventually([&] { return driver.output->statistics().reanchors > 0; }));
}

}  // namespace
}  // namespace refwave::engine
