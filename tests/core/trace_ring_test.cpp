// The ring of a trace: nothing is lost uncounted, doubled or out of order. (Many threads:
// tests/memory_model.)
#include "driver/core/trace/trace_ring.h"

#include <gmock/gmock.h>

#include <vector>

namespace refwave::core {
namespace {

using testing::ElementsAreArray;

TraceEvent event(std::uint32_t number) {
  return {.ns = std::int64_t{number} * 3,
          .thread = number * 2,
          .block = number,
          .slot = static_cast<std::uint16_t>(number * 5),
          .kind = static_cast<std::uint16_t>(number * 7)};
}

bool is_whole(const TraceEvent& seen) {
  const TraceEvent made = event(seen.block);
  return seen.ns == made.ns && seen.thread == made.thread && seen.slot == made.slot && seen.kind == made.kind;
}

std::vector<std::uint32_t> read(TraceRing& ring, std::size_t room) {
  std::vector<TraceEvent> events(room);
  events.resize(ring.read(events));
  std::vector<std::uint32_t> numbers;
  for (const TraceEvent& one : events) {
    EXPECT_TRUE(is_whole(one));
    numbers.push_back(one.block);
  }
  return numbers;
}

TEST(TraceRing, Gives_back_what_was_recorded_in_order_as_far_as_there_is_room_for_it) {
  TraceRing ring(8);
  for (std::uint32_t i = 0; i < 5; ++i) ring.record(event(i));
  EXPECT_THAT(read(ring, 3), ElementsAreArray({0, 1, 2}));
  EXPECT_THAT(read(ring, 3), ElementsAreArray({3, 4}));
  EXPECT_THAT(read(ring, 3), testing::IsEmpty());
}

TEST(TraceRing, Counts_exactly_what_finds_no_room_and_keeps_what_was_there_first) {
  TraceRing ring(8);
  for (std::uint32_t i = 0; i < 20; ++i) ring.record(event(i));
  EXPECT_EQ(ring.dropped(), 12U);
  EXPECT_THAT(read(ring, 100), ElementsAreArray({0, 1, 2, 3, 4, 5, 6, 7}));
  for (std::uint32_t i = 20; i < 30; ++i) ring.record(event(i));
  EXPECT_EQ(ring.dropped(), 14U);
  EXPECT_THAT(read(ring, 2), ElementsAreArray({20, 21}));
  ring.record(event(30));
  EXPECT_EQ(ring.dropped(), 14U) << "two places are free again";
}

}  // namespace
}  // namespace refwave::core
