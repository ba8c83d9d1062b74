#include "driver/cli/console/running_time.h"

#include <algorithm>

namespace refwave::cli {

RunningTime::Clock::duration RunningTime::so_far(Clock::time_point now) {
  so_far_ += std::min(now - looked_, longest_step_);
  looked_ = now;
  return so_far_;
}

}  // namespace refwave::cli
