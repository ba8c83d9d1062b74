#include "driver/stream/control_seat.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/stream/room.h"

namespace refwave::stream {
namespace {

using test::Client;
using test::Room;

TEST(ControlSeat, Keeps_the_audio_thread_out_for_its_scope) {
  core::Stream slot;
  {
    const ControlSeat seat(slot);
    EXPECT_TRUE(seat.seated());
    EXPECT_FALSE(slot.sit_down());
  }
  EXPECT_TRUE(slot.sit_down());
}

TEST(ControlSeat, Waits_for_an_audio_thread_that_is_in_the_seat) {
  core::Stream slot;
  ASSERT_TRUE(slot.sit_down());
  std::atomic<bool> seated{false};
  std::thread control([&] {
    const ControlSeat seat(slot);
    seated = seat.seated();
  });
  EXPECT_TRUE(test::eventually([&] { return slot.wanted == 1; }));
  EXPECT_FALSE(seated);
  slot.stand_up(core::Seat::audio);
  control.join();
  EXPECT_TRUE(seated);
  EXPECT_EQ(slot.wanted.load(), 0U);
}

TEST(ControlSeat, Many_threads_have_it_one_at_a_time_against_an_audio_thread_that_never_rests) {
  core::Stream slot;
  std::atomic<bool> ending{false};
  std::uint64_t guarded = 0;  // by the seat
  std::uint64_t periods = 0;
  std::thread audio([&] {
    while (!ending) {
      if (!slot.sit_down()) continue;
      ++guarded;
      ++periods;
      slot.stand_up(core::Seat::audio);
    }
  });
  constexpr std::uint64_t kTurns = 500;
  std::vector<std::thread> controls;
  std::atomic<std::uint64_t> missed{0};
  for (int i = 0; i < 3; ++i) {
    controls.emplace_back([&] {
      for (std::uint64_t turn = 0; turn < kTurns; ++turn) {
        const ControlSeat seat(slot);
        if (!seat.seated()) ++missed;
        ++guarded;
      }
    });
  }
  for (auto& control : controls) control.join();
  ending = true;
  audio.join();
  EXPECT_EQ(missed.load(), 0U);
  EXPECT_EQ(guarded, periods + 3 * kTurns);
}

TEST(ControlSeat, Retires_a_slot_whose_audio_thread_died_in_the_seat_after_about_a_second) {
  core::Stream slot;
  ASSERT_TRUE(slot.sit_down());
  const auto begun = std::chrono::steady_clock::now();
  {
    const ControlSeat seat(slot);
    EXPECT_FALSE(seat.seated());
  }
  EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::seconds(1));
  EXPECT_TRUE(slot.is_retired());
  slot.stand_up(core::Seat::audio);  // it wakes up
  EXPECT_FALSE(slot.sit_down()) << "nobody sits down again";
  const ControlSeat again(slot);
  EXPECT_FALSE(again.seated()) << "nor a control thread";
}

TEST(ControlSeat, A_stream_of_a_retired_slot_returns_its_headers_closes_and_its_slot_is_never_used_again) {
  Client client;
  Client next;
  Room room({}, 0);
  ASSERT_EQ(room.open(client), Error::none);
  for (int i = 0; i < 5; ++i) room.write(client, 100);
  room.step(0);
  ASSERT_TRUE(room.slot(0).sit_down());  // and dies

  EXPECT_EQ(room.reset(client), Error::none);
  EXPECT_TRUE(client.all_done());
  EXPECT_TRUE(client.in_order());
  EXPECT_EQ(room.close(client), Error::none);
  EXPECT_EQ(client.closed, 1U);
  EXPECT_NE(room.slot(0).voice, nullptr) << "what the dead thread may be using stays";

  room.slot(0).stand_up(core::Seat::audio);  // it was not dead after all
  ASSERT_EQ(room.open(next), Error::none);
  room.write(next, 100);
  room.step(1);
  EXPECT_TRUE(test::eventually([&] { return next.all_done(); }));
  EXPECT_EQ(room.slot(0).pending.load(), 0U);
  EXPECT_EQ(room.slot(1).counters.blocks.load(), 1U) << "the next stream is in the next slot";
}

TEST(ControlSeat, An_audio_thread_that_wakes_up_in_a_retired_seat_plays_on_without_touching_a_header) {
  Client client;
  Room room({}, 0);
  ASSERT_EQ(room.open(client), Error::none);
  for (int i = 0; i < 5; ++i) room.write(client, 100);
  room.step(0);
  ASSERT_TRUE(room.slot(0).sit_down());
  core::Voice* voice = room.slot(0).voice.get();
  room.reset(client);
  room.close(client);
  for (auto& one : client.sent) one.header.flags = 0;

  std::vector<float> bus(std::size_t{480} * 2);
  EXPECT_EQ(voice->render(bus.data(), {.frames = 480}, 0xFFFF'FFFFU), 0U);
  room.slot(0).stand_up(core::Seat::audio);
  for (const auto& one : client.sent) EXPECT_EQ(one.header.flags, 0U);
}

}  // namespace
}  // namespace refwave::stream
