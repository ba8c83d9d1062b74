// Tracing switched on and off, and what an event says.
#include "driver/core/trace/trace.h"

#include <gmock/gmock.h>

#include <array>
#include <vector>

#include "driver/core/stream/stream_table.h"
#include "hal/system/clock.h"
#include "hal/system/threads.h"

namespace refwave::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::uint32_t> blocks(Trace& trace) {
  std::array<TraceEvent, 64> events;
  std::uint64_t dropped = 0;
  std::vector<std::uint32_t> numbers;
  const std::size_t count = trace.read(events, dropped);
  for (std::size_t i = 0; i < count; ++i) numbers.push_back(events[i].block);
  return numbers;
}

TEST(Trace, Keeps_nothing_before_it_is_started_nor_after_it_is_stopped) {
  Trace trace;
  trace.note(TraceKind::started, 0, 1);
  EXPECT_THAT(blocks(trace), IsEmpty());
  trace.start();
  trace.note(TraceKind::started, 0, 2);
  trace.stop();
  trace.note(TraceKind::started, 0, 3);
  EXPECT_THAT(blocks(trace), ElementsAre(2));
}

TEST(Trace, Started_again_forgets_unread_and_dropped_events) {
  Trace trace;
  trace.start();
  for (std::uint32_t i = 0; i < Trace::kCapacity + 10; ++i) trace.note(TraceKind::started, 0, i);
  std::array<TraceEvent, 1> one;
  std::uint64_t dropped = 0;
  EXPECT_EQ(trace.read(one, dropped), 1U);
  EXPECT_EQ(dropped, 10U);
  trace.start();
  trace.note(TraceKind::started, 0, 7);
  EXPECT_THAT(blocks(trace), ElementsAre(7));
  EXPECT_EQ(trace.read(one, dropped), 0U);
  EXPECT_EQ(dropped, 0U);
}

TEST(Trace, Records_thread_time_slot_and_block) {
  const auto table = std::make_unique<StreamTable>();
  table->trace.start();
  const std::int64_t before_ns = hal::monotonic_now_ns();
  table->streams[200].trace.note(TraceKind::finished, 77);
  table->streams[200].trace.note_at(5, TraceKind::calling, 78);
  table->trace.note(TraceKind::rendered);
  std::array<TraceEvent, 4> events;
  std::uint64_t dropped = 0;
  ASSERT_EQ(table->trace.read(events, dropped), 3U);
  EXPECT_EQ(events[0].slot, 200);
  EXPECT_EQ(events[0].block, 77U);
  EXPECT_EQ(events[0].kind, static_cast<std::uint16_t>(TraceKind::finished));
  EXPECT_EQ(events[0].thread, hal::this_thread_id());
  EXPECT_GE(events[0].ns, before_ns);
  EXPECT_LE(events[0].ns, hal::monotonic_now_ns());
  EXPECT_EQ(events[1].ns, 5);
  EXPECT_EQ(events[2].slot, kNoSlot);
}

}  // namespace
}  // namespace refwave::core
