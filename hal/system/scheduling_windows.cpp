// Windows documentation: "Multimedia Class Scheduler Service", "SetThreadAffinityMask function". A thread
// runs on one group of up to 64 processors.
#include <windows.h>
// avrt.h wants windows.h first.
#include <avrt.h>

#include "hal/system/scheduling.h"

namespace refwave::hal {

Scheduling::Scheduling() noexcept {
  DWORD_PTR process = 0;
  DWORD_PTR system = 0;
  if (GetProcessAffinityMask(GetCurrentProcess(), &process, &system) != FALSE) own_[0] = process;
}

Scheduling::~Scheduling() {
  if (membership_ != nullptr) become_ordinary();
}

/// Without the service the thread sets its own priority, below that of audio threads (realtime_windows.cpp).
bool Scheduling::become_prompt() noexcept {
  DWORD task = 0;
  membership_ = AvSetMmThreadCharacteristicsW(L"Pro Audio", &task);
  is_prompt_ = membership_ != nullptr
                   ? AvSetMmThreadPriority(membership_, AVRT_PRIORITY_LOW) != FALSE
                   : SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_HIGHEST) != FALSE;
  return is_prompt_;
}

void Scheduling::become_ordinary() noexcept {
  is_prompt_ = false;
  if (membership_ != nullptr) AvRevertMmThreadCharacteristics(membership_);
  membership_ = nullptr;
  SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_NORMAL);
}

bool Scheduling::run_on(const std::array<std::uint64_t, 16>& processors) noexcept {
  const auto mask = static_cast<DWORD_PTR>(processors[0]);
  return mask != 0 && SetThreadAffinityMask(GetCurrentThread(), mask) != 0;
}

}  // namespace refwave::hal
