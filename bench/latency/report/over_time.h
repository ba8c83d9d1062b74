// The largest duration in each of some thousand equal spans of a run, whose length is not known before it
// ends. When all spans are used, every two become one. A plot that shows the largest of each pixel needs no
// more. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace refwave::latency {

class OverTime {
 public:
  static constexpr std::size_t kSpans = 4096;

  explicit OverTime(std::int64_t span_ns = 1'000'000) : span_ns_(span_ns) {}

  /// `at_ns`: since the run began.
  void add(std::int64_t at_ns, std::uint64_t ns);

  std::int64_t span_ns() const { return span_ns_; }
  /// Returns: a span's largest duration each, 0 where there was none.
  const std::vector<std::uint64_t>& spans() const { return spans_; }

 private:
  void halve();

  std::int64_t span_ns_;
  std::vector<std::uint64_t> spans_;
};

}  // namespace refwave::latency
