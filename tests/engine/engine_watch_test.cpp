// The engine's watch: devices that hang or fall silent, threads that die inside a stream, and a process that
// was stopped. In every case every header is done. (That it is done in time: tests/simulation.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "driver/engine/engine.h"
#include "hal/system/clock.h"
#include "tests/engine/engine_helpers.h"

namespace refwave::engine {
namespace {

using namespace test;
using testing::HasSubstr;

/// Returns: settings under which a device stays open, and an audio thread may call clients itself.
configuration::Configuration staying(configuration::Completion completion) {
  configuration::Configuration configuration = lingering(60'000);
  configuration.completion = completion;
  return configuration;
}

class EngineWatch : public EngineTest {
 protected:
  bool plays(int periods) {
    write(periods);
    return completes();
  }
  /// Returns: the stream's audio state, as an audio thread finds it.
  static core::PlaybackState& state_of(core::Stream& slot) {
    return static_cast<core::PlaybackState&>(*slot.audio_state.load());
  }
  /// Effects: from now on this thread has the stream's lock as an audio thread. Returns: its acquisition.
  static core::RtLock::Token die_inside(core::Stream& slot) {
    core::RtLock::Token acquisition = 0;
    EXPECT_TRUE(eventually([&] { return (acquisition = slot.lock.try_acquire()) != 0; }));
    state_of(slot).enter(acquisition);
    return acquisition;
  }
  /// Effects: this thread renders a period of a stream as an audio thread. Returns: blocks finished.
  static std::uint32_t render(core::Stream& slot) {
    slot.running = true;
    std::vector<float> bus(std::size_t{kPeriod} * 2);
    return state_of(slot).render(bus.data(), {.frames = kPeriod}, 0xFFFF'FFFFU);
  }
  /// Effects: plays a header. The device's thread then dies in the second of two more, after it has finished
  /// the first one within the same period.
  void die_behind_the_first_block(configuration::Completion completion) {
    start(staying(completion));
    ASSERT_TRUE(plays(1));
    driver->streams->pause(client.handle, kOutput);
    driver->write(client, 100);
    write(1);
    // The word is let go after the callback.
    ASSERT_TRUE(eventually([&] { return !slot().delivery.is_busy(); }));
    die_inside(slot());
    ASSERT_EQ(render(slot()), 1U);
    if (completion == configuration::Completion::direct) {
      ASSERT_TRUE(slot().delivery.post()) << "it was about to tell";
    }
    lose();
  }
};

TEST_F(EngineWatch, A_device_that_hangs_in_its_start_is_replaced) {
  device->starts_slowly = true;
  start(impatient());
  EXPECT_TRUE(plays(5));
  EXPECT_EQ(device_in_use(*driver), "clocked");
  EXPECT_THAT(event_log(), HasSubstr("takes too long to start"));
  device->starts_slowly = false;
}

TEST_F(EngineWatch, A_device_that_hangs_when_it_is_opened_again_is_replaced_and_comes_back_later) {
  start_and_let_go();
  device->opens_slowly = true;
  EXPECT_TRUE(plays(5));
  device->opens_slowly = false;
  write(300);
  EXPECT_TRUE(is_in_use("faulty"));
  EXPECT_TRUE(completes());
}

TEST_F(EngineWatch, A_thread_that_dies_in_one_stream_holds_no_header_of_any_stream) {
  device->nap_us = 10'000;
  start();
  ASSERT_EQ(driver->open(other), core::Error::none);
  write(60);
  for (int i = 0; i < 60; ++i) driver->write(other, kPeriod);
  ASSERT_TRUE(is_told_of(6));
  die_inside(slot());
  fall_silent();
  for (Client* one : {&client, &other}) {
    EXPECT_TRUE(completes(*one));
    EXPECT_EQ(driver->position(*one), 60U * kPeriod);
  }
  EXPECT_THAT(event_log(), HasSubstr("stuck in a stream"));
}

TEST_F(EngineWatch, A_stream_whose_thread_has_died_goes_on_and_obeys_its_client) {
  start();
  const core::RtLock::Token dead = die_inside(slot());
  write(1);  // done by the replacement of the audio state
  lose();
  EXPECT_TRUE(completes());
  EXPECT_EQ(driver->position(client), kPeriod);

  driver->streams->pause(client.handle, kOutput);
  write(10);
  const std::uint64_t ticks = driver->ticks;
  ASSERT_TRUE(eventually([&] { return driver->ticks > ticks + 20; }));
  EXPECT_EQ(client.done, 1U) << "paused";
  driver->streams->run(client.handle, kOutput);
  EXPECT_TRUE(is_told_of(4));
  EXPECT_EQ(driver->reset(client), core::Error::none);
  EXPECT_EQ(driver->position(client), 0U);
  EXPECT_TRUE(plays(1));
  EXPECT_EQ(driver->position(client), kPeriod);

  slot().lock.release(dead);  // it wakes up
  EXPECT_EQ(driver->close(client), core::Error::none);
  EXPECT_EQ(driver->open(other), core::Error::none);
  EXPECT_EQ(control::slot_of(other.handle), 0U);
  driver->write(other, kPeriod);
  EXPECT_TRUE(completes(other)) << "in the same place";
}

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

TEST_F(EngineWatch, A_stream_whose_thread_has_died_is_looked_after_when_nobody_else_needs_a_device) {
  start(lingering(0));
  die_inside(slot());
  write(1);       // done by the replacement of the audio state
  fall_silent();  // as every device; one without a stream is closed at once
  ASSERT_TRUE(completes());
  ASSERT_TRUE(is_in_use("")) << "and let go again";
  write(100);
  EXPECT_TRUE(completes());
  EXPECT_TRUE(is_in_use("")) << "once nothing is queued";
}

/// A reset may wait for a second, with its stream's mutex.
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

TEST_F(EngineWatch, What_a_dead_thread_has_finished_is_delivered_though_it_never_came_to_its_wake) {
  start();
  driver->write(client, 48'000 * 60);  // keeps the device running
  driver->open(other);
  driver->streams->pause(other.handle, kOutput);
  driver->write(other, 100);
  core::Stream& second = driver->slot(1);
  const core::RtLock::Token dead = die_inside(second);
  ASSERT_NE(render(second), 0U);
  if (second.delivery.post()) driver->context.table->ready.set(1);
  second.lock.release(dead);
  fall_silent();
  EXPECT_TRUE(completes(other));
}

TEST_F(EngineWatch, What_a_thread_has_finished_in_the_period_in_which_it_died_is_delivered) {
  die_behind_the_first_block(configuration::Completion::deferred);
  EXPECT_TRUE(completes()) << client.done;
}

TEST_F(EngineWatch, What_a_thread_was_about_to_deliver_when_it_died_in_that_stream_is_delivered) {
  die_behind_the_first_block(configuration::Completion::direct);
  EXPECT_TRUE(completes()) << client.done;
}

TEST_F(EngineWatch, A_close_tells_what_a_thread_had_finished_before_it_died) {
  die_behind_the_first_block(configuration::Completion::deferred);
  EXPECT_EQ(driver->reset(client), core::Error::none);
  EXPECT_EQ(driver->close(client), core::Error::none);
  EXPECT_TRUE(client.all_done()) << client.done;
  EXPECT_TRUE(client.in_order());
  EXPECT_EQ(client.after_close, 0U);
}

/// On the clocked device, whose thread calls the client itself.
TEST_F(EngineWatch, A_direct_callback_that_does_not_return_stops_its_own_stream_alone) {
  std::atomic<bool> hold{true};
  std::atomic<bool> inside{false};
  client.inside = [&] {
    inside = true;
    eventually([&] { return !hold; }, std::chrono::minutes(1));
  };
  configuration::Configuration direct;
  direct.completion = configuration::Completion::direct;
  driver.emplace(direct);
  ASSERT_EQ(driver->open(client), core::Error::none);
  ASSERT_EQ(driver->open(other), core::Error::none);
  for (int i = 0; i < 100; ++i) driver->write(other, kPeriod);
  // In the period in which the other stream's first header ends, too.
  write(1);
  ASSERT_TRUE(eventually([&] { return inside.load(); }));
  EXPECT_TRUE(completes(other)) << other.done;
  EXPECT_GE(driver->output->statistics().losses, 1U)
      << "more on a machine that lets the next thread wait, too";
  EXPECT_THAT(event_log(), HasSubstr("another clocked device takes over"));
  EXPECT_THAT(event_log(), testing::Not(HasSubstr("until it is back")));
  hold = false;
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  driver.reset();  // before what the callback looks at
}

TEST_F(EngineWatch, A_process_that_was_stopped_for_a_while_keeps_its_device) {
  start();
  write(1'000);
  ASSERT_TRUE(is_told_of(3));
  for (int i = 0; i < 10; ++i) {
    driver->output->tick(hal::monotonic_now_ns() + 5'000'000'000);  // the first tick after the stop
    const std::uint64_t periods = device->periods;
    ASSERT_TRUE(eventually([&] { return device->periods > periods; }));
  }
  EXPECT_EQ(device_in_use(*driver), "faulty");
  EXPECT_EQ(driver->output->statistics().losses, 0U);
}

TEST_F(EngineWatch, A_device_that_comes_back_with_no_memory_for_its_streams_is_left_alone) {
  start_and_lose(200);
  device->rate = 1;  // no resampler can be made for that
  device->lost_after = 0;
  EXPECT_TRUE(eventually([&] { return event_log().find("no memory") != std::string::npos; }));
  EXPECT_EQ(device_in_use(*driver), "clocked");
  EXPECT_TRUE(completes());
}

TEST_F(EngineWatch, A_device_that_opens_with_no_memory_for_its_streams_is_replaced) {
  start_and_let_go();
  device->rate = 1;
  EXPECT_TRUE(plays(5));
}

TEST_F(EngineWatch, An_open_that_runs_out_of_memory_on_the_device_thread_is_made_good) {
  start_and_let_go();
  device->throws = true;
  EXPECT_TRUE(plays(5));
  device->throws = false;
}

TEST_F(EngineWatch, A_device_that_arrives_is_tried_without_waiting_for_the_back_off) {
  start();
  write(2'000);
  ASSERT_TRUE(is_told_of(1));
  lose();
  ASSERT_TRUE(eventually([&] { return device->refusals >= 3; })) << "the next turn is four seconds away";
  device->does_not_open = false;
  const std::uint64_t ticks = driver->ticks;
  ++device->changes;
  EXPECT_TRUE(is_in_use("faulty"));
  EXPECT_LT(driver->ticks - ticks, 200U) << "of ten milliseconds at least";
}

TEST_F(EngineWatch, A_device_that_was_never_there_is_tried_with_the_back_off_too) {
  device->does_not_open = true;
  start();
  write(2'000);
  ASSERT_TRUE(is_told_of(101));
  const std::uint32_t tried = device->refusals;
  // Blocks of 10 ms: an attempt in half a second at most.
  EXPECT_LE(tried, 2 + client.done / 50);
}

TEST_F(EngineWatch, Underflows_and_new_beginnings_of_the_schedule_are_counted) {
  start();
  EXPECT_TRUE(plays(10));
  EXPECT_EQ(driver->output->statistics().xruns, 0U);
  device->runs_short = true;
  EXPECT_TRUE(eventually([&] { return driver->output->statistics().xruns > 0; }));
  EXPECT_EQ(driver->output->statistics().reanchors, 0U);
  device->begins_anew = true;
  EXPECT_TRUE(eventually([&] { return driver->output->statistics().reanchors > 0; }));
}

}  // namespace
}  // namespace refwave::engine
