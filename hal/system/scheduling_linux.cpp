// SCHED_FIFO and processor affinity.
#include <sched.h>

#include <bit>
#include <cstring>

#include "hal/system/scheduling.h"

namespace refwave::hal {
namespace {

constexpr int kPriority = 15;  // audio threads have 20 (realtime_linux.cpp)

}  // namespace

Scheduling::Scheduling() noexcept {
  cpu_set_t set;
  static_assert(sizeof own_ == sizeof set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) std::memcpy(own_.data(), &set, sizeof set);
}

Scheduling::~Scheduling() = default;

bool Scheduling::become_prompt() noexcept {
  const sched_param parameters{.sched_priority = kPriority};
  is_prompt_ = sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) == 0;
  return is_prompt_;
}

void Scheduling::become_ordinary() noexcept {
  is_prompt_ = false;
  const sched_param parameters{.sched_priority = 0};
  // Only a privileged thread may leave the second flag out again.
  sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &parameters);
}

bool Scheduling::run_on(const std::array<std::uint64_t, 16>& processors) noexcept {
  cpu_set_t set;
  std::memcpy(&set, processors.data(), sizeof set);
  return CPU_COUNT(&set) != 0 && sched_setaffinity(0, sizeof set, &set) == 0;
}

}  // namespace refwave::hal
