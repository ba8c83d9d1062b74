// The ring of a trace: nothing is lost uncounted, doubled, torn or, within one thread, out of order.
#include "driver/core/trace/trace_ring.h"

#include <gmock/gmock.h>

#include <array>
#include <thread>
#include <vector>

namespace refwave::core {
namespace {

using testing::ElementsAreArray;

TraceEvent event(std::uint64_t thread, std::uint32_t number) {
  return {.ns = std::int64_t{number} * 3,
          .thread = thread,
          .block = number,
          .slot = static_cast<std::uint16_t>(number * 5),
          .kind = static_cast<std::uint16_t>(number * 7)};
}

bool is_whole(const TraceEvent& seen) {
  const TraceEvent made = event(seen.thread, seen.block);
  return seen.ns == made.ns && seen.slot == made.slot && seen.kind == made.kind;
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
  for (std::uint32_t i = 0; i < 5; ++i) ring.record(event(1, i));
  EXPECT_THAT(read(ring, 3), ElementsAreArray({0, 1, 2}));
  EXPECT_THAT(read(ring, 3), ElementsAreArray({3, 4}));
  EXPECT_THAT(read(ring, 3), testing::IsEmpty());
}

TEST(TraceRing, Counts_exactly_what_finds_no_room_and_keeps_what_was_there_first) {
  TraceRing ring(8);
  for (std::uint32_t i = 0; i < 20; ++i) ring.record(event(1, i));
  EXPECT_EQ(ring.dropped(), 12U);
  EXPECT_THAT(read(ring, 100), ElementsAreArray({0, 1, 2, 3, 4, 5, 6, 7}));
  for (std::uint32_t i = 20; i < 30; ++i) ring.record(event(1, i));
  EXPECT_EQ(ring.dropped(), 14U);
  EXPECT_THAT(read(ring, 2), ElementsAreArray({20, 21}));
  ring.record(event(1, 30));
  EXPECT_EQ(ring.dropped(), 14U) << "two places are free again";
}

TEST(TraceRing, Goes_round_many_times) {
  TraceRing ring(4);
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    ring.record(event(1, i));
    EXPECT_THAT(read(ring, 4), ElementsAreArray({i}));
  }
  EXPECT_EQ(ring.dropped(), 0U);
}

/// What a reader has seen of some recording threads.
struct Reader {
  std::vector<std::uint32_t> next;
  std::uint64_t count = 0;
  bool all_whole = true;
  bool all_in_order = true;

  std::size_t read(TraceRing& ring) {
    std::array<TraceEvent, 16> events;
    const std::size_t n = ring.read(events);
    for (std::size_t i = 0; i < n; ++i) {
      const TraceEvent& one = events[i];
      all_whole = all_whole && one.thread < next.size() && is_whole(one);
      if (!all_whole) return n;
      auto& next_of_thread = next[static_cast<std::size_t>(one.thread)];
      all_in_order = all_in_order && one.block >= next_of_thread;  // a later one than the last
      next_of_thread = one.block + 1;
    }
    count += n;
    return n;
  }
};

TEST(TraceRing, Whatever_many_threads_record_is_read_once_or_counted) {
  constexpr std::uint32_t kEach = 60'000;
  constexpr std::size_t kThreads = 4;
  TraceRing ring(64);  // small, so that it is full now and then, and goes round often
  std::atomic<std::size_t> ready{0};
  std::atomic<std::size_t> running{kThreads};
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      ++ready;
      while (ready != kThreads) std::this_thread::yield();
      for (std::uint32_t i = 0; i < kEach; ++i) {
        ring.record(event(thread, i));
        if (i % 32 == 0) std::this_thread::yield();
      }
      --running;
    });
  }
  Reader reader{.next = std::vector<std::uint32_t>(kThreads)};
  while (running != 0) {
    if (reader.read(ring) == 0) std::this_thread::yield();
  }
  for (auto& thread : threads) thread.join();
  while (reader.read(ring) != 0) {
  }
  EXPECT_TRUE(reader.all_whole);
  EXPECT_TRUE(reader.all_in_order);
  EXPECT_EQ(reader.count + ring.dropped(), kThreads * kEach);
  EXPECT_GT(reader.count, 64U) << "it went round";
}

}  // namespace
}  // namespace refwave::core
