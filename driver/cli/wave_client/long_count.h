// A count of which Windows tells the lowest 32 bits, as a whole number.
#pragma once

#include <cstdint>

namespace refwave::cli {

class LongCount {
 public:
  /// Returns: the count, which has grown by less than 2^32 since the call before.
  std::uint64_t follow(std::uint32_t lowest) {
    count_ += static_cast<std::uint32_t>(lowest - static_cast<std::uint32_t>(count_));
    return count_;
  }

 private:
  std::uint64_t count_ = 0;
};

}  // namespace refwave::cli
