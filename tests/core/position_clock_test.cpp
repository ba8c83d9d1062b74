#include "driver/core/handover/position_clock.h"

#include <gtest/gtest.h>

namespace refwave::core {
namespace {

constexpr std::int64_t kStart = 1'000'000'000;
constexpr std::int64_t kMs = 1'000'000;
constexpr float kFramesPerNs = 48'000e-9F;  // frames a nanosecond

PositionSpan period(std::uint64_t begin, std::uint64_t end) {
  return {.begin = begin, .end = end, .monotonic_ns = kStart, .frames_per_ns = kFramesPerNs};
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

TEST(PositionClock, A_reset_begins_at_zero_however_many_have_gone_by_unread) {
  for (const std::uint32_t resets : {1U, 32'768U, 32'769U, 40'000U, 65'535U, 65'536U, 65'537U, 131'072U}) {
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

}  // namespace
}  // namespace refwave::core
