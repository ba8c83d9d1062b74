// When the machine stood still, as the program `stalls` sees it: by a process of the highest real-time
// priority, which the driver cannot starve. It keeps the processors awake meanwhile. Without the right to
// that priority no stall is seen.
#pragma once

#include <algorithm>
#include <chrono>
#include <fstream>
#include <utility>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {

class Stalls {
 public:
  std::size_t count() const { return all().size(); }
  /// Returns: the time from the span's `begin` to its `end`, less the machine's stalls.
  template <class Span>
  std::chrono::milliseconds own_time(const Span& span) const {
    using Clock = std::chrono::steady_clock;
    const auto epoch = std::chrono::system_clock::now().time_since_epoch() - Clock::now().time_since_epoch();
    const auto seconds = [&](Clock::time_point time) {
      return std::chrono::duration<double>(time.time_since_epoch() + epoch).count();
    };
    double own = std::chrono::duration<double>(span.end - span.begin).count();
    for (const auto& [stall_begin, stall_end] : all())
      own -=
          std::max(0.0, std::min(stall_end, seconds(span.end)) - std::max(stall_begin, seconds(span.begin)));
    return std::chrono::milliseconds(static_cast<long long>(1'000 * own));
  }

 private:
  /// Returns: their begins and ends, in seconds since the epoch. Two processors may report the same stall.
  std::vector<std::pair<double, double>> all() const {
    std::ifstream file(path_);
    std::vector<std::pair<double, double>> all;
    for (double begin = 0, end = 0; file >> begin >> end;) {
      if (all.empty() || begin >= all.back().second)
        all.emplace_back(begin, end);
      else
        all.back().second = std::max(all.back().second, end);
    }
    return all;
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "stalls";
  ChildProcess watcher_{{REFWAVE_STALLS, path_.string()}, {}, folder_ / "log"};
};

}  // namespace refwave::test
