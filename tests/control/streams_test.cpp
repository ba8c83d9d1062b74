// Streams by handle: handles that are wrong, slots that run out, closes that meet callbacks.
#include "driver/control/streams.h"

#include <gtest/gtest.h>

#include <thread>

#include "driver/control/handle.h"
#include "hal/system/clock.h"
#include "tests/stream/assembled_driver.h"

namespace refwave::control {
namespace {

using test::AssembledDriver;
using test::Client;
using test::eventually;
using test::kInput;
using test::kOutput;
using test::kStepped;

/// Returns: what every call says of that handle, if they all say the same; none otherwise.
Error answer_of_all(Streams& streams, Handle handle, hal::Direction direction) {
  core::ClientHeader header{};
  Position position;
  core::Statistics statistics;
  std::vector<Error> all = {streams.close(handle, direction),
                            streams.prepare(handle, direction, header),
                            streams.unprepare(handle, direction, header),
                            streams.write(handle, direction, header),
                            streams.run(handle, direction),
                            streams.pause(handle, direction),
                            streams.reset(handle, direction),
                            streams.position(handle, direction, position),
                            streams.statistics(handle, direction, statistics)};
  if (direction == kInput) all.push_back(streams.stop(handle));
  if (direction == kOutput) {
    std::uint32_t volume = 0;
    all.push_back(streams.break_loop(handle));
    all.push_back(streams.set_volume(handle, 0));
    all.push_back(streams.volume(handle, volume));
    all.push_back(streams.set_speed(handle, SpeedPart::rate, dsp::kUnity * 2));
    all.push_back(streams.set_speed(handle, SpeedPart::pitch, dsp::kUnity));
    all.push_back(streams.speed(handle, SpeedPart::rate, volume));
  }
  for (const Error one : all) {
    if (one != all.front()) return Error::none;
  }
  return all.front();
}

TEST(Streams, A_handle_that_is_zero_stale_made_up_or_of_the_other_direction_is_refused) {
  Client client;
  AssembledDriver driver({}, kStepped);
  for (const Handle handle : {Handle{0}, Handle{1}, Handle{2}, Handle{0x1234'5678}, ~Handle{0}}) {
    EXPECT_EQ(answer_of_all(*driver.streams, handle, kOutput), Error::bad_handle) << handle;
    EXPECT_EQ(answer_of_all(*driver.streams, handle, kInput), Error::bad_handle) << handle;
  }
  ASSERT_EQ(driver.open(client), Error::none);
  EXPECT_EQ(answer_of_all(*driver.streams, client.handle, kInput), Error::bad_handle);
  EXPECT_EQ(answer_of_all(*driver.streams, client.handle ^ 1U, kInput), Error::bad_handle);
  EXPECT_EQ(client.closed, 0U);

  const Handle stale = client.handle;
  EXPECT_EQ(driver.close(client), Error::none);
  EXPECT_EQ(answer_of_all(*driver.streams, stale, kOutput), Error::bad_handle);
  ASSERT_EQ(driver.open(client), Error::none) << "the same slot";
  EXPECT_NE(client.handle, stale);
  EXPECT_EQ(answer_of_all(*driver.streams, stale, kOutput), Error::bad_handle);
}

TEST(Streams, The_client_is_told_of_its_open_with_its_handle_set_and_of_its_close_last) {
  Client client;
  AssembledDriver driver({}, kStepped);
  ASSERT_EQ(driver.open(client), Error::none);
  EXPECT_EQ(client.opened, 1U);
  driver.write(client, 10);
  EXPECT_EQ(driver.close(client), Error::still_playing);
  EXPECT_EQ(client.closed, 0U);
  driver.step(1);
  ASSERT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_EQ(driver.close(client), Error::none);
  EXPECT_EQ(client.closed, 1U);
  EXPECT_EQ(client.after_close, 0U);
}

TEST(Streams, A_slot_serves_again_only_when_the_callback_of_the_stream_before_has_returned) {
  Client blocked;
  Client next;
  Client last;
  std::atomic<bool> hold{true};
  std::atomic<bool> inside{false};
  blocked.inside = [&] {
    inside = true;
    eventually([&] { return !hold; }, std::chrono::minutes(1));
  };
  AssembledDriver driver({}, kStepped);
  ASSERT_EQ(driver.open(blocked), Error::none);
  for (int i = 0; i < 3; ++i) driver.write(blocked, 10);
  driver.step(1);
  ASSERT_TRUE(eventually([&] { return inside.load(); }));
  EXPECT_EQ(driver.close(blocked), Error::none) << "it waits a second, no more";
  EXPECT_EQ(blocked.closed, 1U);
  EXPECT_EQ(driver.streams->total().undelivered, 2U) << "the third is being delivered";

  ASSERT_EQ(driver.open(next), Error::none);
  EXPECT_FALSE(driver.slot(0).delivery.is_free());
  EXPECT_EQ(slot_of(next.handle), 1U);
  hold = false;
  ASSERT_TRUE(eventually([&] { return driver.slot(0).delivery.is_free(); }));
  EXPECT_EQ(blocked.done, 1U) << "no callback begins after the close";
  ASSERT_EQ(driver.open(last), Error::none);
  EXPECT_EQ(slot_of(last.handle), 0U);
  driver.write(last, 10);
  driver.step(1);
  EXPECT_TRUE(eventually([&] { return last.all_done(); }));
}

TEST(Streams, A_close_waits_for_a_running_callback_and_for_what_is_behind_it) {
  Client client;
  std::atomic<bool> hold{true};
  std::atomic<bool> inside{false};
  client.inside = [&] {
    inside = true;
    eventually([&] { return !hold; });
  };
  AssembledDriver driver({}, kStepped);
  driver.open(client);
  for (int i = 0; i < 4; ++i) driver.write(client, 10);
  driver.step(1);
  ASSERT_TRUE(eventually([&] { return inside.load(); }));
  std::thread closer([&] { driver.close(client); });
  ASSERT_TRUE(eventually([&] { return driver.slot(0).handle == 0; }));
  EXPECT_EQ(client.closed, 0U);
  hold = false;
  closer.join();
  EXPECT_EQ(client.done, 4U);
  EXPECT_EQ(client.closed, 1U);
  EXPECT_TRUE(client.in_order());
  EXPECT_TRUE(eventually([&] { return driver.slot(0).delivery.is_free(); }));
}

TEST(Streams, A_close_inside_the_callback_delivers_the_rest_and_tells_last) {
  Client client;
  AssembledDriver driver({}, kStepped);
  client.inside = [&] { driver.close(client); };
  driver.open(client);
  for (int i = 0; i < 4; ++i) driver.write(client, 10);
  driver.step(1);
  EXPECT_TRUE(eventually([&] { return client.all_done() && client.closed == 1; }));
  EXPECT_TRUE(client.in_order());
  EXPECT_TRUE(eventually([&] { return driver.slot(0).delivery.is_free(); }));
  EXPECT_EQ(driver.streams->total().messages, 4U);
  client.inside = nullptr;
  Client next;
  EXPECT_EQ(driver.open(next), Error::none);
  EXPECT_EQ(slot_of(next.handle), 0U);
}

TEST(Streams, A_reset_inside_the_callback_flags_at_once_and_tells_afterwards) {
  Client client;
  AssembledDriver driver({}, kStepped);
  std::size_t done_inside = 0;
  std::size_t flagged = 0;
  client.inside = [&] {
    if (client.done != 0) return;
    driver.reset(client);
    done_inside = client.done;
    for (const auto& one : client.sent) flagged += core::load_flags(one.header) & core::kDone;
  };
  driver.open(client, 16);
  driver.write(client, 480);
  for (int i = 0; i < 40; ++i) driver.write(client, 10);
  driver.step(1);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_EQ(flagged, 41U);
  EXPECT_EQ(done_inside, 0U) << "nested";
  EXPECT_TRUE(client.in_order());
}

TEST(Streams, A_reset_tells_of_everything_before_it_returns_if_no_callback_runs) {
  Client client;
  AssembledDriver driver({}, kStepped);
  driver.open(client, 16);
  for (int i = 0; i < 50; ++i) driver.write(client, 10);
  EXPECT_EQ(driver.reset(client), Error::none);
  EXPECT_EQ(client.done, 50U);
  EXPECT_TRUE(client.in_order());
  EXPECT_EQ(driver.position(client), 0U);
  EXPECT_EQ(driver.close(client), Error::none);
}

TEST(Streams, A_reset_or_close_tells_of_what_no_notifier_has_come_for_yet) {
  Client reset;
  Client closed;
  AssembledDriver driver({}, kStepped);
  driver.open(reset);
  driver.open(closed);
  ASSERT_TRUE(driver.context.table->waker.take_role());  // so that no notifier is woken
  for (Client* client : {&reset, &closed}) {
    for (int i = 0; i < 3; ++i) driver.write(*client, 10);
  }
  driver.step(1);
  driver.write(reset, 10);
  EXPECT_EQ(reset.done, 0U);
  driver.reset(reset);
  EXPECT_EQ(reset.done, 4U);
  EXPECT_TRUE(reset.in_order());
  driver.close(closed);
  EXPECT_EQ(closed.done, 3U);
  EXPECT_TRUE(closed.in_order());
  // The hints are left over. Who finds them finds nothing.
  driver.context.table->waker.give_up_role();
  driver.context.table->waker.wake_one();
  EXPECT_TRUE(eventually([&] { return !driver.context.table->ready.any(); }));
  EXPECT_EQ(reset.done, 4U);
  EXPECT_EQ(closed.done, 3U);
}

TEST(Streams, Of_many_threads_that_close_one_stream_one_does) {
  AssembledDriver driver({}, kStepped);
  for (int round = 0; round < 50; ++round) {
    Client client;
    ASSERT_EQ(driver.open(client), Error::none);
    std::atomic<std::uint32_t> closed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        if (driver.close(client) == Error::none) ++closed;
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(closed, 1U);
    EXPECT_EQ(client.closed, 1U);
  }
}

TEST(Streams, Of_64_done_in_one_period_all_but_the_one_that_blocks_are_told_for_one_wake) {
  constexpr std::uint32_t kPeriods = 20;
  std::deque<Client> clients(64);
  std::atomic<bool> hold{true};
  AssembledDriver driver({}, 0);
  clients[0].inside = [&] {
    while (hold) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  for (Client& client : clients) {
    ASSERT_EQ(driver.open(client), Error::none);
    for (std::uint32_t i = 0; i < kPeriods; ++i) ASSERT_EQ(driver.write(client, 480), Error::none);
  }
  for (std::size_t period = 1; period <= kPeriods; ++period) {
    driver.step(1);
    for (std::size_t i = 1; i < clients.size(); ++i)
      ASSERT_TRUE(eventually([&] { return clients[i].done == period; })) << i << " in " << period;
  }
  EXPECT_EQ(clients[0].done, 0U);
  EXPECT_GE(driver.output->statistics().wakes, 1U);
  EXPECT_LE(driver.output->statistics().wakes, kPeriods);
  hold = false;
  EXPECT_TRUE(eventually([&] { return clients[0].all_done(); }));
  for (Client& client : clients) EXPECT_TRUE(client.in_order());
}

TEST(Streams, Volume_is_the_streams_own_and_read_back_as_set) {
  Client client;
  Client other;
  AssembledDriver driver({}, kStepped);
  driver.open(client);
  driver.open(other);
  EXPECT_EQ(driver.streams->set_volume(client.handle, 0x1234'5678), Error::none);
  std::uint32_t volume = 0;
  EXPECT_EQ(driver.streams->volume(client.handle, volume), Error::none);
  EXPECT_EQ(volume, 0x1234'5678U);
  EXPECT_EQ(driver.streams->volume(other.handle, volume), Error::none);
  EXPECT_EQ(volume, 0xFFFF'FFFFU);
}

std::uint32_t speed_of(const AssembledDriver& driver, const Client& client, SpeedPart part) {
  std::uint32_t factor = 0;
  EXPECT_EQ(driver.streams->speed(client.handle, part, factor), Error::none);
  return factor;
}

TEST(Streams, Rate_and_pitch_are_the_streams_own_and_do_not_disturb_each_other) {
  Client client;
  Client other;
  AssembledDriver driver({}, kStepped);
  driver.open(client);
  driver.open(other);
  EXPECT_EQ(driver.streams->set_speed(client.handle, SpeedPart::rate, 0x1'8000), Error::none);
  EXPECT_EQ(driver.streams->set_speed(client.handle, SpeedPart::pitch, 0x8000), Error::none);
  EXPECT_EQ(driver.streams->reset(client.handle, kOutput), Error::none);
  EXPECT_EQ(speed_of(driver, client, SpeedPart::rate), 0x1'8000U);
  EXPECT_EQ(speed_of(driver, client, SpeedPart::pitch), 0x8000U);
  EXPECT_EQ(speed_of(driver, other, SpeedPart::rate), dsp::kUnity);
  EXPECT_EQ(speed_of(driver, other, SpeedPart::pitch), dsp::kUnity);
}

TEST(Streams, Statistics_add_up_over_open_and_closed_streams) {
  Client closed;
  Client open;
  AssembledDriver driver({}, kStepped);
  driver.open(closed);
  for (int i = 0; i < 3; ++i) driver.write(closed, 10);
  driver.step(1);
  ASSERT_TRUE(eventually([&] { return closed.all_done(); }));
  driver.close(closed);
  driver.open(open);
  for (int i = 0; i < 4; ++i) driver.write(open, 10);
  driver.step(1);
  ASSERT_TRUE(eventually([&] { return driver.streams->total().messages == 7; }));
  const core::Statistics total = driver.streams->total();
  EXPECT_EQ(total.streams, 1U);
  EXPECT_EQ(total.blocks, 7U);
  EXPECT_EQ(total.undelivered, 0U);
  EXPECT_GT(total.latency.max_ns, 0U);
  core::Statistics one;
  EXPECT_EQ(driver.streams->statistics(open.handle, kOutput, one), Error::none);
  EXPECT_EQ(one.blocks, 4U);
}

TEST(Streams, Every_block_is_timed_but_where_the_audio_thread_calls_clients_itself_one_in_eight) {
  const auto timed = [](configuration::Completion completion) {
    Client client;
    configuration::Configuration configuration;
    configuration.completion = completion;
    AssembledDriver driver(configuration, kStepped);
    driver.open(client);
    for (int i = 0; i < 16; ++i) driver.write(client, 10);
    driver.step(1);
    EXPECT_TRUE(eventually([&] { return client.all_done(); }));
    return driver.slot(0).latency->total();
  };
  EXPECT_EQ(timed(configuration::Completion::deferred), 16U);
  EXPECT_EQ(timed(configuration::Completion::direct), 2U);
}

TEST(Streams, A_warm_up_tells_nobody_and_counts_nothing) {
  static std::atomic<int> warm_ups{0};
  warm_ups = 0;
  notify::CacheWarmer warmer;
  warmer.set_callback([](const core::ClientCallback& callback, core::Notice notice, core::ClientHeader*,
                         core::Stack) noexcept {
    if (notice == core::Notice::done && callback.target == 0) ++warm_ups;
    return true;
  });
  Client client;
  AssembledDriver driver({}, kStepped);
  warmer.run();  // nobody has gone before
  ASSERT_EQ(driver.open(client), Error::none);
  driver.write(client, 10);
  driver.step(1);
  ASSERT_TRUE(eventually([&] { return client.all_done(); }));
  warmer.follow(driver.slot(0));
  ASSERT_EQ(driver.streams->close(client.handle, kOutput), Error::none);
  warmer.run();  // by the way of a stream that is gone
  EXPECT_EQ(warm_ups, 2);
  EXPECT_EQ(client.done, 1U);
  EXPECT_EQ(driver.streams->total().messages, 1U);
}

TEST(Streams, Recording_fills_buffers_and_a_stop_returns_the_one_with_data) {
  Client client;
  AssembledDriver driver({}, kStepped);
  ASSERT_EQ(driver.open(client, 256, kInput), Error::none);
  for (int i = 0; i < 3; ++i)
    ASSERT_EQ(driver.streams->write(client.handle, kInput, client.make(400).header), Error::none);
  driver.streams->run(client.handle, kInput);
  driver.step(1);
  ASSERT_TRUE(eventually([&] { return client.done == 1; }));
  EXPECT_EQ(client.sent[0].header.bytes_recorded, 1'600U);
  EXPECT_EQ(driver.streams->stop(client.handle), Error::none);
  EXPECT_EQ(client.done, 2U);
  EXPECT_EQ(client.sent[1].header.bytes_recorded, 320U);
  EXPECT_EQ(driver.streams->stop(client.handle), Error::none);
  EXPECT_EQ(client.done, 2U);
  EXPECT_EQ(driver.streams->close(client.handle, kInput), Error::still_playing);
  EXPECT_EQ(driver.streams->reset(client.handle, kInput), Error::none);
  EXPECT_EQ(client.done, 3U);
  EXPECT_EQ(driver.streams->close(client.handle, kInput), Error::none);
  EXPECT_TRUE(client.in_order());
}

}  // namespace
}  // namespace refwave::control
