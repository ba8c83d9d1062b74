// The times of single events, so that a benchmark reports their distribution, not a mean.
#pragma once

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace refwave::bench {

/// Returns: the monotonic clock in ns. Any thread. `baseline/clock_read` measures the cost of a read.
inline std::int64_t now_ns() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// Returns: the ns of one pass of `body`, from two reads of the clock around `passes` passes. For events that
/// are shorter than a read of the clock. `body` must leave a result that the compiler cannot drop.
template <typename Body>
double loop_ns(std::size_t passes, Body body) {
  const std::int64_t begin = now_ns();
  for (std::size_t i = 0; i < passes; ++i) body();
  return static_cast<double>(now_ns() - begin) / static_cast<double>(passes);
}

/// Returns: how often the loop of `state` runs. Google Benchmark counts in signed numbers.
inline std::size_t most_iterations(const benchmark::State& state) {
  return static_cast<std::size_t>(state.max_iterations);
}

class Samples {
 public:
  /// `most`: the room for samples, usually most_iterations(). Further samples are dropped and counted. The
  /// memory is touched here. Throws std::bad_alloc.
  explicit Samples(std::size_t most) : ns_(most) {}

  /// Effects: keeps one sample; neither allocates nor locks. Thread: one at a time.
  void add(double ns) noexcept {
    if (count_ < ns_.size())
      ns_[count_++] = ns;
    else
      ++dropped_;
  }
  void add(std::int64_t ns) noexcept { add(static_cast<double>(ns)); }

  std::size_t count() const noexcept { return count_; }
  /// Returns: the sample that `share` of all do not exceed (0.5: the median); 0 if there is none.
  double percentile(double share) const;

  /// Effects: if there are samples, sets the counters `<prefix>p50`, `<prefix>p99`, `<prefix>p99.9` and
  /// `<prefix>max`, all in ns, and `<prefix>dropped` if samples were dropped. Thread: one, after the last
  /// sample.
  void report(benchmark::State& state, const std::string& prefix = "") const;

 private:
  std::vector<double> ns_;
  std::size_t count_ = 0;
  std::size_t dropped_ = 0;
};

/// Effects: runs one event of each side. A side is an object with `begin()`, which is not timed, and
/// `step()`, which is one event and returns its ns.
template <typename Candidate, typename Baseline>
void one_turn(bool candidate_first, Candidate& candidate, Samples& candidates, Baseline& baseline,
              Samples& baselines) {
  const auto one = [](auto& side, Samples& samples) {
    side.begin();
    samples.add(side.step());
  };
  if (candidate_first) one(candidate, candidates);
  one(baseline, baselines);
  if (!candidate_first) one(candidate, candidates);
}

/// Effects: runs a benchmark's loop, with a candidate and its baseline in turns: both see the same moment of
/// the machine. Which of them goes first changes from event to event.
template <typename Candidate, typename Baseline>
void in_turns(benchmark::State& state, Candidate& candidate, Samples& candidates, Baseline& baseline,
              Samples& baselines) {
  bool candidate_first = false;
  for (auto _ : state) {
    candidate_first = !candidate_first;
    one_turn(candidate_first, candidate, candidates, baseline, baselines);
  }
}

/// Effects: as BENCHMARK_MAIN(), with the machine and the cores in the output's context, and the calling
/// thread on `cores().near`. Returns: main()'s result.
int run(int argc, char** argv);

/// Effects: registers a benchmark. `body(state)`.
template <typename Body>
benchmark::internal::Benchmark* add(const std::string& name, Body body) {
  return benchmark::RegisterBenchmark(name.c_str(), body);
}

/// Effects: the same for events with waits: `--benchmark_min_time` then counts wall-clock time, waits
/// included.
template <typename Body>
benchmark::internal::Benchmark* add_events(const std::string& name, Body body) {
  return add(name, body)->UseRealTime();
}

}  // namespace refwave::bench
