// Tracing switched on and off.
#include "driver/core/trace/trace.h"

#include <gmock/gmock.h>

#include <array>
#include <vector>

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

}  // namespace
}  // namespace refwave::core
