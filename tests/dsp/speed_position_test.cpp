// The position of what comes out while pitch and rate change: it moves on evenly, and never jumps.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "dsp/speed/speed.h"
#include "tests/dsp/sine.h"

namespace refwave::dsp {
namespace {

constexpr std::uint32_t kRate = 48'000;

/// Feeds noise to a Speed and takes one frame at a time.
class Walk {
 public:
  explicit Walk(Quality quality) : speed_(Speed::make(1, kRate, quality)) {}

  void set(double rate, double pitch) {
    ASSERT_TRUE(speed_->prepare(factor(rate), factor(pitch)));
    speed_->set(factor(rate), factor(pitch));
  }
  /// Returns: by how many input frames the position moves with each of the next output frames.
  std::vector<double> steps(int frames) {
    std::vector<double> moved;
    for (int i = 0; i < frames; ++i) {
      const double before = position();
      float made = 0;
      for (Step step; step.out_made == 0; fed_ += step.in_used) {
        const float next = std::uniform_real_distribution<float>(-1, 1)(random_);
        step = speed_->process(&next, 1, &made, 1);
      }
      moved.push_back(position() - before);
    }
    return moved;
  }
  double position() const { return static_cast<double>(fed_) - speed_->delay_frames(); }

 private:
  const std::unique_ptr<Speed> speed_;
  std::mt19937 random_{5};
  std::size_t fed_ = 0;
};

class Positions : public testing::TestWithParam<Quality> {};
INSTANTIATE_TEST_SUITE_P(Speed, Positions, testing::Values(Quality::fastest, Quality::best));

TEST_P(Positions, Move_on_with_every_frame_while_the_pitch_changes) {
  Walk walk(GetParam());
  std::mt19937 random(9);
  for (int change = 0; change < 80; ++change) {
    const double pitch =
        change % 4 == 3 ? 1 : std::exp2(std::uniform_real_distribution<double>(-1, 1)(random));
    walk.set(1, pitch);
    for (const double step : walk.steps(500 + static_cast<int>(random() % 6'000))) {
      ASSERT_GE(step, -1e-6) << change;
      // The resampler may be at one pitch and the segments at another, and both are between 0.5 and 2.
      ASSERT_LE(step, 4.01) << change;
    }
  }
}

TEST_P(Positions, Move_at_the_rate_when_a_change_of_pitch_is_over) {
  Walk walk(GetParam());
  double expected = 0;
  for (const double pitch : {2.0, 0.5, 1.0, 1.3, 1.0}) {
    walk.set(0.8, pitch);
    walk.steps(12'000);
    const double before = walk.position();
    walk.steps(4'800);
    EXPECT_NEAR(walk.position() - before, 4'800 * 0.8, 1) << pitch;
    expected += 16'800 * 0.8;
    // As much as a change of rate and pitch may take in advance or leave for later.
    EXPECT_NEAR(walk.position(), expected, 0.06 * kRate) << pitch;
  }
}

}  // namespace
}  // namespace refwave::dsp
