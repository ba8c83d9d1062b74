#include "driver/core/handover/position_clock.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace refwave::core {
namespace {

constexpr std::int64_t kStart = 1'000'000'000;
constexpr std::int64_t kMs = 1'000'000;
constexpr float kFramesPerNs = 48'000e-9F;  // frames a nanosecond

PositionSpan period(std::uint64_t begin, std::uint64_t end) {
  return {.begin = begin, .end = end, .monotonic_ns = kStart, .frames_per_ns = kFramesPerNs};
}

TEST(PositionClock, Shares_no_cache_line_with_another) {
  const auto one = std::make_unique<PositionClock>();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(one.get()) % hal::kCacheLine, 0U);
  EXPECT_EQ(sizeof(PositionClock) % hal::kCacheLine, 0U);
}

TEST(PositionClock, Reads_zero_before_the_first_period) {
  PositionClock clock;
  EXPECT_EQ(clock.read(kStart), 0U);
}

TEST(PositionClock, Moves_on_between_periods_and_no_further_than_was_rendered) {
  PositionClock clock;
  clock.publish(period(1'000, 1'480));
  EXPECT_EQ(clock.read(kStart - 5 * kMs), 1'000U);
  EXPECT_EQ(clock.read(kStart), 1'000U);
  EXPECT_NEAR(static_cast<double>(clock.read(kStart + 5 * kMs)), 1'240, 1);
  EXPECT_EQ(clock.read(kStart + 10 * kMs + 1'000), 1'480U);
  EXPECT_EQ(clock.read(kStart + 3'600'000 * kMs), 1'480U);
}

TEST(PositionClock, Without_time_the_end_of_the_period_counts) {
  PositionClock clock;
  clock.publish({.begin = 480, .end = 960});
  EXPECT_EQ(clock.read(0), 960U);
}

TEST(PositionClock, Is_never_behind_a_finished_block) {
  PositionClock clock;
  PositionSpan span = period(1'000, 1'480);
  span.floor = 1'300;
  clock.publish(span);
  EXPECT_EQ(clock.read(kStart), 1'300U);
}

TEST(PositionClock, Never_goes_back_within_an_epoch_though_the_clock_does) {
  PositionClock clock;
  clock.publish(period(0, 480));
  const std::uint64_t before = clock.read(kStart + 8 * kMs);
  EXPECT_EQ(clock.read(kStart), before);
}

TEST(PositionClock, A_reset_begins_at_zero) {
  PositionClock clock;
  clock.publish(period(0, 480));
  clock.read(kStart + 20 * kMs);
  clock.publish({.epoch = clock.epoch() + 1});
  EXPECT_EQ(clock.read(kStart + 20 * kMs), 0U);
}

TEST(PositionClock, A_reset_begins_at_zero_however_many_have_gone_by_unread) {
  for (const std::uint32_t resets : {32'768U, 32'769U, 40'000U, 65'535U, 65'536U, 65'537U, 131'072U}) {
    PositionClock clock;
    clock.publish(period(0, 480));
    ASSERT_EQ(clock.read(kStart + 20 * kMs), 480U);
    for (std::uint32_t i = 0; i < resets; ++i) clock.publish({.epoch = clock.epoch() + 1});
    EXPECT_EQ(clock.read(kStart), 0U) << resets;
    clock.publish({.epoch = clock.epoch(), .begin = 0, .end = 100});
    EXPECT_EQ(clock.read(kStart), 100U) << resets;
    clock.publish({.epoch = clock.epoch(), .begin = 0, .end = 50});
    EXPECT_EQ(clock.read(kStart), 100U) << resets << ": it went back";
  }
}

TEST(PositionClock, Passes_32_bits_and_fifty_days) {
  PositionClock clock;
  constexpr std::uint64_t kEdge = std::uint64_t{1} << 32;
  clock.publish(period(kEdge - 240, kEdge + 240));
  EXPECT_EQ(clock.read(kStart), kEdge - 240);
  EXPECT_EQ(clock.read(kStart + 20 * kMs), kEdge + 240);

  constexpr std::uint64_t kFiftyDays = std::uint64_t{50} * 24 * 3'600 * 192'000;
  clock.publish(period(kFiftyDays, kFiftyDays + 480));
  EXPECT_EQ(clock.read(kStart), kFiftyDays);
  EXPECT_EQ(clock.read(kStart + std::int64_t{50} * 24 * 3'600 * 1'000 * kMs), kFiftyDays + 480);
}

TEST(PositionClock, What_has_been_finished_is_known_while_a_publish_is_under_way) {
  PositionClock clock;
  std::atomic<bool> ending{false};
  std::atomic<std::uint64_t> finished{0};
  std::thread audio([&] {
    for (std::uint64_t block = 1; !ending.load(); ++block) {
      const std::uint64_t end = block * 480;
      clock.publish({.begin = end, .end = end, .floor = end});
      finished = end;
      for (int dry = 0; dry < 50; ++dry) clock.publish({.begin = end, .end = end, .floor = end});
    }
  });
  std::uint32_t behind = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t told = finished;
    if (clock.read_finished() < told) ++behind;
  }
  ending = true;
  audio.join();
  EXPECT_EQ(behind, 0U);
}

// At kNow span i is 1 + i mod 500 frames beyond its begin, which is 1000 i: no mixture of two spans' begin
// and time says that. A floor alone may be the answer: it is 1000 i.
constexpr std::int64_t kNow = 1'000;
PositionSpan marked(std::uint32_t epoch, std::uint64_t i) {
  const std::uint64_t begin = 1'000 * i;
  return {.epoch = epoch,
          .begin = begin,
          .end = begin + 600,
          .floor = begin,
          .monotonic_ns = kNow - 1 - static_cast<std::int64_t>(i % 500),
          .frames_per_ns = 1};
}
bool is_whole(std::uint64_t frames) {
  return frames % 1'000 == 0 || frames % 1'000 == 1 + frames / 1'000 % 500;
}

TEST(PositionClock, Four_readers_never_see_a_torn_span_nor_time_run_back_but_at_a_reset) {
  PositionClock clock;
  std::atomic<std::uint32_t> begun{0};  // resets
  std::atomic<std::uint32_t> finished{0};
  std::atomic<bool> ending{false};
  std::atomic<std::uint32_t> torn{0};
  std::atomic<std::uint32_t> backwards{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    const auto read = [&clock, i] { return i == 0 ? clock.read_finished() : clock.read(kNow); };
    readers.emplace_back([&, read] {
      std::uint32_t finished_before = finished.load();
      std::uint64_t before = read();
      while (!ending.load()) {
        const std::uint32_t finished_now = finished.load();
        const std::uint64_t now = read();
        if (!is_whole(now)) ++torn;
        if (now < before && begun.load() == finished_before) ++backwards;
        before = now;
        finished_before = finished_now;
      }
    });
  }
  constexpr std::uint32_t kEpochs = 2'000;
  for (std::uint32_t epoch = 1; epoch <= kEpochs; ++epoch) {
    ++begun;
    clock.publish({.epoch = epoch});
    ++finished;
    for (std::uint64_t i = 0; i < 200; ++i) clock.publish(marked(epoch, i));
    if (epoch % 100 == 0) std::this_thread::yield();
  }
  ending = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(torn.load(), 0U);
  EXPECT_EQ(backwards.load(), 0U);
  EXPECT_EQ(clock.read(kNow), std::uint64_t{199} * 1'000 + 200);
}

}  // namespace
}  // namespace refwave::core
