// The forecast of the next block that a device publishes for notifiers.
#include "driver/core/period/device_round.h"

#include <gtest/gtest.h>

#include <vector>

#include "driver/core/stream/cycle.h"

namespace refwave::core {
namespace {

constexpr std::uint32_t kRoundEpoch = 3;
constexpr std::uint32_t kRoundRate = 48'000;
constexpr std::uint32_t kPeriod = 480;
constexpr std::int64_t kPeriodNs = 10'000'000;
constexpr std::int64_t kDueNs = 5'000'000'000;

class DeviceRoundTest : public testing::Test {
 protected:
  DeviceRoundTest() {
    for (std::size_t i = 0; i < 3; ++i) {
      table_->streams[i].furnish(hal::Direction::output, {dsp::SampleType::s16, 1, kRoundRate, 0}, 4,
                                 Done::consumed);
      table_->streams[i].audio().move_to(kRoundEpoch, Timed::every_block);
      table_->streams[i].delivery.claim();
      table_->streams[i].delivery.publish();
      membership_->add(i);
    }
  }

  /// Effects: runs a late period, in which `serve(slot number)` serves each stream.
  template <typename Serve>
  void period(Serve serve, std::uint32_t frames = kPeriod, double clock_rate = 1.0) {
    round_.begin(
        {.frames = frames, .monotonic_ns = kDueNs + 70'000, .lateness_ns = 70'000, .clock_rate = clock_rate},
        kRoundRate);
    if (frames != 0) round_.each(true, [&](AudioState& state) { return serve(index_of(state)); });
    round_.end();
  }
  std::uint16_t index_of(const AudioState& state) const {
    std::uint16_t index = 0;
    while (&table_->streams[index].audio() != &state) ++index;
    return index;
  }
  std::int64_t next_ns() const { return table_->forecast.next(kDueNs - kPeriodNs, 0).ns; }

  std::shared_ptr<StreamTable> table_ = std::make_shared<StreamTable>();
  std::shared_ptr<MembershipMask> membership_ = std::make_shared<MembershipMask>();
  DeviceRound round_{table_, membership_, kRoundEpoch, Completion::deferred};
};

TEST_F(DeviceRoundTest, Publishes_only_after_the_period_s_last_run) {
  table_->forecast.publish(kRoundEpoch, {.ns = kDueNs});
  for (const bool last : {false, true}) {
    round_.begin({.frames = kPeriod, .monotonic_ns = kDueNs}, kRoundRate);
    round_.each(last, [&](AudioState&) {
      round_.foresee(kPeriod);
      EXPECT_EQ(next_ns(), kDueNs);
      return 1U;
    });
    EXPECT_EQ(next_ns(), last ? kDueNs + kPeriodNs : kDueNs);
  }
}

TEST_F(DeviceRoundTest, Forecasts_the_period_that_finishes_the_earliest_block) {
  constexpr std::uint32_t kFrames[] = {10 * kPeriod, 2 * kPeriod + 1, kNever};
  period([&](std::uint16_t slot) {
    round_.foresee(kFrames[slot]);
    return 0U;
  });
  EXPECT_EQ(next_ns(), kDueNs + 3 * kPeriodNs);
}

TEST_F(DeviceRoundTest, Forecasts_none_if_no_block_is_in_sight) {
  const auto foresee = [&](std::uint32_t frames) {
    return [this, frames](std::uint16_t) {
      round_.foresee(frames);
      return 0U;
    };
  };
  period(foresee(kPeriod));
  ASSERT_EQ(next_ns(), kDueNs + kPeriodNs);
  period(foresee(kNever), 0);
  EXPECT_EQ(next_ns(), kDueNs + kPeriodNs) << "a period without a frame says nothing";
  period(foresee(kNever));
  EXPECT_EQ(next_ns(), Forecast::kNone);
  period(foresee(kPeriod), kPeriod, 0.0);
  EXPECT_EQ(next_ns(), Forecast::kNone) << "no clock tells when";
}

struct Part {
  std::uint32_t first;
  std::uint32_t frames;
  std::int64_t monotonic_ns;
  friend bool operator==(const Part&, const Part&) = default;
};

std::vector<Part> runs_of(const Cycle& cycle) {
  std::vector<Part> runs;
  for_each_run(cycle, 48'000, 480, [&](const Cycle& run, std::uint32_t first) noexcept {
    runs.push_back({first, run.frames, run.monotonic_ns});
  });
  return runs;
}

TEST(Cycle, Is_cut_into_runs_that_each_know_their_time) {
  EXPECT_EQ(runs_of({.frames = 1'000, .monotonic_ns = 5}),
            (std::vector<Part>{{0, 480, 5}, {480, 480, 10'000'005}, {960, 40, 20'000'005}}));
  EXPECT_EQ(runs_of({.frames = 480}).size(), 1U);
  EXPECT_TRUE(runs_of({.frames = 0}).empty());
}

TEST(Cycle, A_fast_device_takes_less_time_for_a_run_and_a_stepped_one_none) {
  EXPECT_EQ(runs_of({.frames = 960, .monotonic_ns = 5, .clock_rate = 10})[1].monotonic_ns, 1'000'005);
  EXPECT_EQ(runs_of({.frames = 960, .monotonic_ns = 5, .clock_rate = 0})[1].monotonic_ns, 5);
}

}  // namespace
}  // namespace refwave::core
