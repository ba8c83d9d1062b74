// The positions of a client's frames in the output, if the playback rate is not one.
#include "driver/core/conversion/timeline.h"

#include <gtest/gtest.h>

namespace refwave::core {
namespace {

TEST(Timeline, Goes_on_at_rate_one_before_the_first_place) {
  Timeline line;
  line.begin(1000);
  line.add(100, 1400);
  EXPECT_EQ(line.position_at(100), 1400);
  EXPECT_EQ(line.position_at(50), 1200);
  EXPECT_EQ(line.position_at(-10), 990);
}

TEST(Timeline, Goes_on_at_the_oldest_rate_it_knows_when_older_places_are_gone) {
  Timeline line;
  line.begin(0);
  // Rates of 4 that differ a little, so that each is a place of its own.
  double position = 0;
  constexpr std::uint64_t kPlaces = 400;
  for (std::uint64_t i = 1; i <= kPlaces; ++i)
    line.add(32 * i, position += 128 + 0.01 * static_cast<double>(i % 2));
  const double far = 32.0 * (kPlaces - 200);
  EXPECT_NEAR(line.position_at(far), 4 * far, 2);
}

TEST(Timeline, Stands_still_where_a_position_would_run_back) {
  Timeline line;
  line.begin(0);
  line.add(100, 100);
  line.add(200, 90);
  EXPECT_EQ(line.position_at(150), 100);
  EXPECT_EQ(line.position_at(200), 100);
  line.add(300, 190);
  EXPECT_EQ(line.position_at(300), 190);
}

}  // namespace
}  // namespace refwave::core
