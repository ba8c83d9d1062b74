// The forecast of the next block that a device publishes for notifiers.
#include "driver/core/period/device_round.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace refwave::core
