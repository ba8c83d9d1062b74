#include "bench/measure/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace refwave::measure {
namespace {

// A step is at most a 1024th of its durations: three significant digits. Each duration below 2048 ns has its
// own step. The durations of each further power of two share 1024 steps, twice as wide as the steps before.
constexpr unsigned kStepBits = 10;
constexpr std::uint64_t kSteps = std::uint64_t{1} << kStepBits;
constexpr std::uint64_t kMost = 10'000'000'000;

std::size_t index_of(std::uint64_t ns) {
  const unsigned bits = static_cast<unsigned>(std::bit_width(ns));
  const unsigned doublings = bits > kStepBits + 1 ? bits - kStepBits - 1 : 0;
  return static_cast<std::size_t>(doublings * kSteps + (ns >> doublings));
}

Histogram::Step step_of(std::size_t index, std::uint64_t count) {
  const std::uint64_t doublings = index < 2 * kSteps ? 0 : index / kSteps - 1;
  const std::uint64_t from = (index - doublings * kSteps) << doublings;
  return {from, from + (std::uint64_t{1} << doublings) - 1, count};
}

}  // namespace

Histogram::Histogram() : counts_(index_of(kMost) + 1) {}

void Histogram::record(std::uint64_t ns, std::uint64_t times) {
  if (times == 0) return;
  counts_[index_of(std::min(ns, kMost))] += times;
  count_ += times;
  min_ = std::min(min_, ns);
  max_ = std::max(max_, ns);
  sum_ += static_cast<double>(ns) * static_cast<double>(times);
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

double Histogram::mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

std::uint64_t Histogram::percentile(double share) const {
  const auto rank = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    sum += counts_[i];
    if (sum > 0 && sum >= rank && sum < count_) return std::min(step_of(i, 0).to, max_);
    if (sum == count_) break;  // the step of the longest, which may hold durations above kMost
  }
  return max_;
}

std::vector<Histogram::Step> Histogram::steps() const {
  std::vector<Step> steps;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) steps.push_back(step_of(i, counts_[i]));
  }
  return steps;
}

}  // namespace refwave::measure
