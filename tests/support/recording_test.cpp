// The comparison by which tests judge what a server let through.
#include "tests/support/recording.h"

#include <gtest/gtest.h>

#include <sstream>

namespace refwave::test {
namespace {

using Samples = std::vector<std::int32_t>;

constexpr std::int32_t kLead = 7;
const Samples kSent = {1, -1, 2, -2, 3, -3, 4, -4, 5, -5};

std::string came_of(const Samples& received) {
  std::ostringstream words;
  words << compare(kSent, received, kLead);
  return words.str();
}

TEST(Arrival, Is_whole_between_silence_and_the_lead) {
  EXPECT_EQ(came_of({0, 0, 7, 7, 0, 0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 0, 0, 9, 9}),
            "5 frames the same, 0 gaps, 0 other frames");
}

TEST(Arrival, Has_a_gap_where_frames_are_missing) {
  EXPECT_EQ(came_of({2, -2, 3, -3, 4, -4, 5, -5}), "4 frames the same, 1 gaps, 0 other frames");
  EXPECT_EQ(came_of({1, -1, 5, -5}), "2 frames the same, 1 gaps, 0 other frames");
  EXPECT_EQ(came_of({1, -1, 2, -2}), "2 frames the same, 1 gaps, 0 other frames");
  EXPECT_EQ(came_of({0, 0}), "0 frames the same, 1 gaps, 0 other frames");
}

TEST(Arrival, Has_a_gap_where_silence_or_older_frames_are_in_between) {
  EXPECT_EQ(came_of({1, -1, 0, 0, 0, 0, 2, -2, 3, -3, 4, -4, 5, -5}),
            "5 frames the same, 1 gaps, 0 other frames");
  EXPECT_EQ(came_of({1, -1, 2, -2, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5}),
            "5 frames the same, 1 gaps, 0 other frames");
  EXPECT_EQ(came_of({1, -1, 7, 7, 4, -4, 0, 0, 5, -5}), "3 frames the same, 2 gaps, 0 other frames");
}

TEST(Arrival, Counts_frames_that_nobody_sent) {
  EXPECT_EQ(came_of({1, -1, 2, -3, 3, -3, 4, -4, 5, -5}), "4 frames the same, 1 gaps, 1 other frames");
  EXPECT_EQ(came_of({6, 6, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5}), "5 frames the same, 0 gaps, 1 other frames");
}

}  // namespace
}  // namespace refwave::test
