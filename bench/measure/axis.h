// The place of a value on an axis from 0 to 1, and the values that are written beside the axis. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inf/cli/console/text.h"

namespace refwave::measure {

struct Tick {
  double at;  // on the axis, 0 to 1
  std::string text;
  bool is_major;  // minor ones are left out where there is little room
};

/// Durations; every factor of ten has the same length.
class LogAxis {
 public:
  /// Effects: an axis that holds both, and spans at least a factor of ten.
  LogAxis(std::uint64_t least_ns, std::uint64_t most_ns);
  double at(double ns) const;
  /// Returns: 1, 2 and 5 times the powers of ten; only the powers if the axis is long.
  std::vector<Tick> ticks() const;

 private:
  double from_, to_;  // decimal logarithms
};

/// Shares in percent, from 0 on.
class LinearAxis {
 public:
  explicit LinearAxis(double most) : most_(most > 0 ? most : 1) {}
  double at(double value) const;
  /// Returns: at most eight round numbers.
  std::vector<Tick> ticks() const;

 private:
  double most_;
};

using cli::duration_text;
using cli::round_duration_text;

}  // namespace refwave::measure
