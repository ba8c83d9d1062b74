#include "driver/core/stream/cycle.h"

#include <gtest/gtest.h>

#include <vector>

namespace refwave::core {
namespace {

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

constexpr std::int64_t kMs = 1'000'000;

TEST(Cycle, Is_cut_into_runs_that_each_know_their_time) {
  EXPECT_EQ(runs_of({.frames = 1'000, .monotonic_ns = 5}),
            (std::vector<Part>{{0, 480, 5}, {480, 480, 10 * kMs + 5}, {960, 40, 20 * kMs + 5}}));
  EXPECT_EQ(runs_of({.frames = 480}).size(), 1U);
  EXPECT_TRUE(runs_of({.frames = 0}).empty());
}

TEST(Cycle, A_fast_device_takes_less_time_for_a_run_and_a_stepped_one_none) {
  EXPECT_EQ(runs_of({.frames = 960, .monotonic_ns = 5, .clock_rate = 10})[1].monotonic_ns, kMs + 5);
  EXPECT_EQ(runs_of({.frames = 960, .monotonic_ns = 5, .clock_rate = 0})[1].monotonic_ns, 5);
}

}  // namespace
}  // namespace refwave::core
