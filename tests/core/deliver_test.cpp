// An owner's steps in one thread. Owners against closers: tests/memory_model.
#include "driver/core/stream/deliver.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <vector>

#include "driver/core/stream/stream.h"
#include "driver/core/stream/stream_table.h"
#include "tests/core/output_stream.h"

namespace refwave::core {
namespace {

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
    return deliver(stream(), limit, [&] { return stream().take(); });
  }
  void deliver_held() {
    ASSERT_TRUE(delivery().hold());
    deliver_all(stream());
  }
  Stream& stream() { return output_.slot; }
  DeliveryState& delivery() { return output_.slot.delivery; }

  std::vector<ClientHeader*> notified_;
  test::OutputStream output_;

 private:
  static bool called(const ClientCallback& callback, Notice, ClientHeader* header) noexcept {
    reinterpret_cast<DeliverTest*>(callback.instance)->notified_.push_back(header);
    return true;
  }
};

TEST_F(DeliverTest, Delivers_no_more_than_it_was_asked_to_and_keeps_the_word) {
  release(3);
  ASSERT_TRUE(delivery().hold());
  EXPECT_TRUE(deliver_some(2));
  EXPECT_EQ(notified_.size(), 2U);
  EXPECT_FALSE(delivery().hold()) << "it is held";
  EXPECT_TRUE(deliver_some(2));
  EXPECT_EQ(notified_.size(), 3U);
}

/// Effects: takes all events. Returns: how many are of that kind.
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
  EXPECT_EQ(stream().latency->total(), 1U) << "timed";
}

}  // namespace
}  // namespace refwave::core
