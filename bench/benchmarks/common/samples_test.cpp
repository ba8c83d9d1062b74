#include "bench/benchmarks/common/samples.h"

#include <gtest/gtest.h>

namespace refwave::bench {
namespace {

TEST(Samples, Percentiles_are_samples_and_the_last_is_the_greatest) {
  Samples samples(1'000);
  for (int i = 1'000; i > 0; --i) samples.add(static_cast<double>(i));
  EXPECT_EQ(samples.percentile(0.5), 500);
  EXPECT_EQ(samples.percentile(0.99), 990);
  EXPECT_EQ(samples.percentile(0.999), 999);
  EXPECT_EQ(samples.percentile(1), 1'000);
}

TEST(Samples, Without_a_sample_there_is_nothing_to_report) { EXPECT_EQ(Samples(10).percentile(0.5), 0); }

TEST(Samples, Keep_what_there_is_room_for) {
  Samples samples(2);
  for (const double ns : {1.0, 2.0, 100.0}) samples.add(ns);
  EXPECT_EQ(samples.count(), 2U);
  EXPECT_EQ(samples.percentile(1), 2);
}

/// One side of in_turns(): notes the order of its calls.
struct Side {
  std::string& order;
  char name;
  void begin() { order += name; }
  double step() const { return name; }
};

TEST(Samples, Candidate_and_baseline_take_turns_in_going_first) {
  std::string order;
  Side candidate{order, 'c'};
  Side baseline{order, 'b'};
  Samples candidates(4);
  Samples baselines(4);
  for (int i = 0; i < 4; ++i) one_turn(i % 2 == 0, candidate, candidates, baseline, baselines);
  EXPECT_EQ(order, "cbbccbbc");
  EXPECT_EQ(candidates.count(), 4U);
  EXPECT_EQ(candidates.percentile(0), 'c');
  EXPECT_EQ(baselines.percentile(1), 'b');
}

}  // namespace
}  // namespace refwave::bench
