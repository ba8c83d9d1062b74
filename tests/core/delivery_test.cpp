// The owner's steps against the closer's, one after another: each state of the handshake.
#include "driver/core/stream/delivery.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

#include "driver/core/stream/stream.h"
#include "driver/core/stream/stream_table.h"
#include "hal/system/thread_id.h"
#include "tests/core/voice_room.h"

namespace refwave::core {
namespace {

/// A slot with released blocks, and a client that runs what the test gives it.
class DeliveryTest : public testing::Test {
 protected:
  DeliveryTest() {
    room_.slot.lane = &room_.voice();
    room_.slot.callback = {.function = &called, .instance = reinterpret_cast<std::uintptr_t>(this)};
  }

  void release(std::uint32_t blocks) {
    for (std::uint32_t i = 0; i < blocks; ++i) room_.write_frames(1);
    room_.slot.add_pending(room_.render(blocks));
  }
  bool deliver_one() {
    Delivery delivery(slot());
    if (!delivery.begin()) return false;
    const Block block = room_.voice().ring().take();
    return delivery.call_client(block, Stack::known);
  }
  Stream& slot() { return room_.slot; }
  std::uint64_t timed() { return room_.voice().latency().total(); }
  std::uint32_t pending() { return slot().pending.load(); }

  std::function<void()> inside_;
  std::vector<ClientHeader*> told_;
  std::vector<Stack> stacks_;
  bool accept_ = true;
  test::VoiceRoom room_;

 private:
  static bool called(const ClientCallback& callback, Notice, ClientHeader* header, Stack stack) noexcept {
    auto* test = reinterpret_cast<DeliveryTest*>(callback.instance);
    test->told_.push_back(header);
    test->stacks_.push_back(stack);
    if (test->inside_) test->inside_();
    return test->accept_;
  }
};

TEST_F(DeliveryTest, Delivers_what_is_pending_in_order_and_says_when_it_was_the_last) {
  release(3);
  EXPECT_TRUE(deliver_one());
  EXPECT_TRUE(deliver_one());
  EXPECT_FALSE(deliver_one());
  EXPECT_EQ(pending(), 0U);
  ASSERT_EQ(told_.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(told_[i], &room_.written[i].header);
  EXPECT_EQ(slot().counters.messages.load(), 3U);
  EXPECT_EQ(stacks_[0], Stack::known);
  EXPECT_EQ(timed(), 3U);
}

TEST_F(DeliveryTest, One_in_eight_is_the_first_and_then_another_one_of_each_eight) {
  room_.voice().time(Timed::one_in_eight);
  release(40);
  std::vector<int> numbers;
  for (int i = 0; i < 40; ++i) {
    const std::uint64_t before = timed();
    deliver_one();
    if (timed() != before) numbers.push_back(i);
  }
  EXPECT_THAT(numbers, testing::ElementsAre(0, 9, 18, 27, 36));
}

TEST_F(DeliveryTest, The_callback_runs_with_its_thread_known_and_the_header_done) {
  release(1);
  bool known = false;
  bool done = false;
  inside_ = [&] {
    known = slot().owner_thread.load() == hal::this_thread_id();
    done = room_.written[0].done();
  };
  deliver_one();
  EXPECT_TRUE(known);
  EXPECT_TRUE(done);
  EXPECT_EQ(slot().owner_thread.load(), 0U);
}

/// Returns: how many events of that kind wait in the trace; takes them all.
std::ptrdiff_t count_events(Trace& trace, TraceKind kind) {
  std::array<TraceEvent, 64> events;
  std::uint64_t dropped = 0;
  const std::size_t count = trace.read(events, dropped);
  return std::count_if(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(count),
                       [&](const TraceEvent& event) {
                         return event.kind == static_cast<std::uint16_t>(kind) && event.ns != 0;
                       });
}

TEST_F(DeliveryTest, A_trace_has_every_block_s_end_though_few_are_timed) {
  Trace trace;
  slot().trace = {.trace = &trace, .slot = 0};
  room_.voice().time(Timed::one_in_eight);
  trace.start();
  release(8);
  EXPECT_EQ(count_events(trace, TraceKind::finished), 8);
  while (deliver_one()) {
  }
  EXPECT_EQ(count_events(trace, TraceKind::calling), 8);
}

TEST_F(DeliveryTest, A_trace_that_begins_between_a_block_and_its_message_has_the_message) {
  Trace trace;
  slot().trace = {.trace = &trace, .slot = 0};
  room_.voice().time(Timed::one_in_eight);
  release(8);
  trace.start();
  while (deliver_one()) {
  }
  EXPECT_EQ(count_events(trace, TraceKind::calling), 8);
  EXPECT_EQ(timed(), 1U);
}

TEST_F(DeliveryTest, A_message_that_the_client_cannot_take_is_counted) {
  release(1);
  accept_ = false;
  deliver_one();
  EXPECT_EQ(slot().counters.undelivered.load(), 1U);
  EXPECT_EQ(slot().counters.messages.load(), 0U);
  EXPECT_EQ(pending(), 0U);
}

TEST_F(DeliveryTest, Without_a_callback_messages_are_counted_off_all_the_same) {
  release(2);
  slot().callback.function = nullptr;
  EXPECT_TRUE(deliver_one());
  EXPECT_FALSE(deliver_one());
  EXPECT_EQ(slot().counters.messages.load(), 2U);
}

TEST_F(DeliveryTest, Blocks_released_inside_the_callback_stay_the_owners) {
  release(1);
  inside_ = [&] {
    inside_ = nullptr;
    room_.write_frames(1);
    EXPECT_FALSE(slot().add_pending(room_.render(1))) << "two owners";
  };
  EXPECT_TRUE(deliver_one());
  EXPECT_FALSE(deliver_one());
}

TEST_F(DeliveryTest, A_waiting_closer_is_handed_the_slot_after_the_last_message) {
  release(2);
  inside_ = [&] {
    inside_ = nullptr;
    slot().pending.fetch_add(kCloserToken);
  };
  EXPECT_TRUE(deliver_one());
  EXPECT_FALSE(deliver_one());
  EXPECT_EQ(slot().call.load(), Call::handed);
  EXPECT_EQ(pending(), kCloserToken) << "the closer's to take away";
}

TEST_F(DeliveryTest, A_closer_that_gave_up_between_two_callbacks_gets_none_begun) {
  release(2);
  EXPECT_TRUE(deliver_one());
  slot().pending.fetch_add(kCloserToken);
  slot().call.store(Call::closed);
  EXPECT_FALSE(deliver_one());
  EXPECT_EQ(told_.size(), 1U);
  EXPECT_EQ(pending(), 0U) << "the slot is free";
}

TEST_F(DeliveryTest, A_closer_that_gave_up_during_the_callback_frees_the_slot_when_it_returns) {
  release(2);
  inside_ = [&] {
    slot().pending.fetch_add(kCloserToken);
    slot().call.store(Call::closed);
  };
  EXPECT_FALSE(deliver_one());
  EXPECT_EQ(pending(), 0U);
}

TEST_F(DeliveryTest, A_close_inside_the_callback_is_noticed_by_the_frame_below) {
  release(3);
  inside_ = [&] {
    slot().lane = nullptr;  // the stream is gone
    slot().call.store(Call::closed);
  };
  EXPECT_FALSE(deliver_one());
  EXPECT_EQ(pending(), 0U);
  EXPECT_EQ(slot().owner_thread.load(), 0U);
}

}  // namespace
}  // namespace refwave::core
