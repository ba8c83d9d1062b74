// Decides on which processors a thread may run. realtime_linux.cpp and realtime_windows.cpp ask the system.
#include "hal/system/realtime.h"
#include "hal/system/threads.h"

namespace refwave::hal {

bool Scheduling::keep_off(std::uint32_t processor) noexcept {
  if (kept_off_ == processor) return true;
  if (is_prompt_ && !kept_off_ && current_processor() != processor) return true;
  auto others = own_;
  if (processor / 64 < others.size()) others[processor / 64] &= ~(std::uint64_t{1} << (processor % 64));
  if (!run_on(others)) return false;
  kept_off_ = processor;
  return true;
}

void Scheduling::go_anywhere() noexcept {
  if (!kept_off_) return;
  run_on(own_);
  kept_off_.reset();
}

}  // namespace refwave::hal
