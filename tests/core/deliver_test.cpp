// An owner's steps, one after another. (Owners against closers: the scenarios owner, hand_back and close of
// tests/memory_model.)
#include "driver/core/stream/deliver.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

#include "driver/core/stream/stream.h"
#include "driver/core/stream/stream_table.h"
#include "hal/system/threads.h"
#include "tests/core/output_stream.h"

namespace refwave::core {
namespace {

/// A stream with released blocks, and a client that runs what the test gives it.
class DeliverTest : public testing::Test {
 protected:
  DeliverTest() {
    output_.slot.callback = {.function = &called, .instance = reinterpret_cast<std::uintptr_t>(this)};
    delivery().claim();
    delivery().publish();
  }

  void release(std::uint32_t blocks) {
    for (std::uint32_t i = 0; i < blocks; ++i) output_.write_frames(1);
    output_.render(blocks);
    delivery().post();
  }
  bool deliver_some(std::uint32_t limit) {
    return deliver(stream(), limit, Stack::known, [&] { return stream().take(); });
  }
  void deliver_held() {
    ASSERT_TRUE(delivery().hold());
    deliver_all(stream(), Stack::known);
  }
  Stream& stream() { return output_.slot; }
  DeliveryState& delivery() { return output_.slot.delivery; }
  std::uint64_t timed() { return output_.slot.latency->total(); }

  std::function<void()> inside_;
  std::vector<ClientHeader*> notified_;
  std::vector<Stack> stacks_;
  bool accept_ = true;
  test::OutputStream output_;

 private:
  static bool called(const ClientCallback& callback, Notice, ClientHeader* header, Stack stack) noexcept {
    auto* test = reinterpret_cast<DeliverTest*>(callback.instance);
    test->notified_.push_back(header);
    test->stacks_.push_back(stack);
    if (test->inside_) test->inside_();
    return test->accept_;
  }
};

TEST_F(DeliverTest, Delivers_what_was_released_in_order_and_lets_the_word_go) {
  release(3);
  deliver_held();
  EXPECT_FALSE(delivery().is_held());
  EXPECT_FALSE(delivery().is_busy());
  ASSERT_EQ(notified_.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(notified_[i], &output_.written[i].header);
  EXPECT_EQ(stream().counters.messages.load(), 3U);
  EXPECT_EQ(stacks_[0], Stack::known);
  EXPECT_EQ(timed(), 3U);
}

TEST_F(DeliverTest, Delivers_no_more_than_it_was_asked_to_and_keeps_the_word) {
  release(3);
  ASSERT_TRUE(delivery().hold());
  EXPECT_TRUE(deliver_some(2));
  EXPECT_EQ(notified_.size(), 2U);
  EXPECT_FALSE(delivery().hold()) << "it is held";
  EXPECT_TRUE(deliver_some(2));
  EXPECT_EQ(notified_.size(), 3U);
}

TEST_F(DeliverTest, One_in_eight_is_the_first_and_then_another_one_of_each_eight) {
  output_.playback().move_to(0, Timed::one_in_eight);
  release(40);
  ASSERT_TRUE(delivery().hold());
  std::vector<int> numbers;
  for (int i = 0; i < 40; ++i) {
    const std::uint64_t before = timed();
    deliver_some(1);
    if (timed() != before) numbers.push_back(i);
  }
  EXPECT_THAT(numbers, testing::ElementsAre(0, 9, 18, 27, 36));
}

TEST_F(DeliverTest, The_callback_runs_with_its_thread_known_and_the_header_done) {
  release(1);
  bool known = false;
  bool done = false;
  inside_ = [&] {
    known = stream().caller.load() == hal::this_thread_id();
    done = output_.written[0].done();
  };
  deliver_held();
  EXPECT_TRUE(known);
  EXPECT_TRUE(done);
  EXPECT_EQ(stream().caller.load(), 0U);
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

TEST_F(DeliverTest, A_trace_has_every_block_s_end_though_few_are_timed) {
  Trace trace;
  stream().trace = {.trace = &trace, .slot = 0};
  output_.playback().move_to(0, Timed::one_in_eight);
  trace.start();
  release(8);
  EXPECT_EQ(count_events(trace, TraceKind::finished), 8);
  deliver_held();
  EXPECT_EQ(count_events(trace, TraceKind::calling), 8);
}

TEST_F(DeliverTest, A_trace_that_begins_between_a_block_and_its_message_has_the_message) {
  Trace trace;
  stream().trace = {.trace = &trace, .slot = 0};
  output_.playback().move_to(0, Timed::one_in_eight);
  release(8);
  trace.start();
  deliver_held();
  EXPECT_EQ(count_events(trace, TraceKind::calling), 8);
  EXPECT_EQ(timed(), 1U);
}

TEST_F(DeliverTest, A_message_that_the_client_cannot_take_is_counted) {
  release(1);
  accept_ = false;
  deliver_held();
  EXPECT_EQ(stream().counters.undelivered.load(), 1U);
  EXPECT_EQ(stream().counters.messages.load(), 0U);
  EXPECT_EQ(stream().undelivered(), 0U);
}

TEST_F(DeliverTest, Without_a_callback_messages_are_taken_all_the_same) {
  release(2);
  stream().callback.function = nullptr;
  deliver_held();
  EXPECT_EQ(stream().counters.messages.load(), 2U);
  EXPECT_EQ(stream().undelivered(), 0U);
}

TEST_F(DeliverTest, Blocks_released_inside_the_callback_are_the_owner_s) {
  release(1);
  inside_ = [&] {
    inside_ = nullptr;
    output_.write_frames(1);
    output_.render(1);
    EXPECT_FALSE(delivery().post()) << "no ready bit is due";
    EXPECT_FALSE(delivery().hold()) << "two owners";
  };
  deliver_held();
  EXPECT_EQ(notified_.size(), 2U);
}

TEST_F(DeliverTest, After_a_closer_gave_up_during_the_callback_the_place_is_free_when_it_returns) {
  release(2);
  inside_ = [&] {
    EXPECT_FALSE(delivery().give_up());
    EXPECT_EQ(stream().undelivered(), 1U) << "the other one is being notified";
    delivery().finish(DeliveryState::Closer::gave_up);
    EXPECT_FALSE(delivery().claim()) << "the place is not free";
  };
  deliver_held();
  EXPECT_EQ(notified_.size(), 1U);
  EXPECT_TRUE(delivery().is_free());
}

TEST_F(DeliverTest, A_close_inside_the_callback_is_noticed_by_the_frame_below) {
  release(3);
  inside_ = [&] {
    inside_ = nullptr;
    EXPECT_TRUE(deliver_some(kEveryMessage));
    EXPECT_EQ(stream().caller.load(), hal::this_thread_id()) << "the callback below still runs";
    delivery().close_in_call();
    EXPECT_FALSE(delivery().claim());
  };
  deliver_held();
  EXPECT_EQ(notified_.size(), 3U);
  EXPECT_TRUE(delivery().is_free());
  EXPECT_EQ(stream().caller.load(), 0U);
}

}  // namespace
}  // namespace refwave::core
