// Threads that must be on time, on Windows. Windows documentation: "Multimedia Class Scheduler Service",
// "CreateWaitableTimerExW function", "SetThreadAffinityMask function".
#include <windows.h>
// avrt.h wants windows.h first.
#include <avrt.h>
#include <malloc.h>

#include <atomic>

#include "hal/system/realtime.h"

namespace refwave::hal {
namespace {

constexpr std::size_t kPageBytes = 4'096;
constexpr DWORD kHighResolution = 0x2;  // CREATE_WAITABLE_TIMER_HIGH_RESOLUTION: Windows 10 1803 and later
constexpr std::int64_t kTickNs = 100;   // the unit of a due time
constexpr std::int64_t kTicksPerMs = 1'000'000 / kTickNs;

[[gnu::noinline]] void touch_stack(std::size_t bytes) noexcept {
  auto* stack = static_cast<volatile char*>(_alloca(bytes));
  for (std::size_t i = bytes; i > 0; i -= kPageBytes) {
    // Downwards, because Windows commits the pages of a stack in this order.
    stack[i - 1] = 0;
    if (i < kPageBytes) break;
  }
}

HANDLE make_timer() noexcept {
  HANDLE timer = CreateWaitableTimerExW(nullptr, nullptr, kHighResolution, TIMER_MODIFY_STATE | SYNCHRONIZE);
  return timer != nullptr ? timer
                          : CreateWaitableTimerExW(nullptr, nullptr, 0, TIMER_MODIFY_STATE | SYNCHRONIZE);
}

using Delay = LONG(NTAPI*)(BOOLEAN alertable, const LARGE_INTEGER* due);

/// Each sleep makes a timer, because a thread that kept one would have to know when to free it.
LONG NTAPI delay_by_timer(BOOLEAN, const LARGE_INTEGER* due) noexcept {
  const HANDLE timer = make_timer();
  if (timer != nullptr && SetWaitableTimer(timer, due, 0, nullptr, nullptr, FALSE) != FALSE) {
    WaitForSingleObject(timer, INFINITE);
  } else {
    Sleep(static_cast<DWORD>(-due->QuadPart / kTicksPerMs + 1));
  }
  if (timer != nullptr) CloseHandle(timer);
  return 0;
}

/// Returns: the call that Wine's Sleep is made of; on Windows, a timer. Wine's timers are a millisecond late
/// at best, and this call is not; on Windows the opposite holds.
Delay best_delay() noexcept {
  const HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
  if (ntdll == nullptr || GetProcAddress(ntdll, "wine_get_version") == nullptr) return &delay_by_timer;
  const auto wines =
      reinterpret_cast<Delay>(reinterpret_cast<void*>(GetProcAddress(ntdll, "NtDelayExecution")));
  return wines != nullptr ? wines : &delay_by_timer;
}

// Null until a thread has looked it up; any thread reads and writes it, and all find the same. A static
// object in sleep_until_ns() would be guarded by a lock, which audio threads would take, too, and of which
// winpthreads leaks three handles when threads meet in it.
constinit std::atomic<Delay> known_delay{nullptr};

Delay delay() noexcept {
  if (known_delay == nullptr) known_delay = best_delay();
  return known_delay;
}

}  // namespace

PunctualThread::PunctualThread(Urgency urgency, std::size_t stack_bytes) noexcept {
  touch_stack(stack_bytes);
  delay();  // looks now, because that locks Windows' list of modules
  if (urgency != Urgency::realtime) return;
  DWORD task = 0;
  membership_ = AvSetMmThreadCharacteristicsW(L"Pro Audio", &task);
  if (membership_ == nullptr) SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_TIME_CRITICAL);
}

// The service keeps its record of a member until the member leaves.
PunctualThread::~PunctualThread() {
  if (membership_ != nullptr) AvRevertMmThreadCharacteristics(membership_);
}

void step_back() noexcept { SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_LOWEST); }

int take_fifo(std::int32_t) noexcept { return 0; }

void sleep_until_ns(std::int64_t deadline_ns) noexcept {
  const std::int64_t left_ns = deadline_ns - monotonic_now_ns();
  if (left_ns <= 0) return;
  LARGE_INTEGER due;
  due.QuadPart = -((left_ns + kTickNs - 1) / kTickNs);  // negative: from now
  delay()(FALSE, &due);
}

// A thread runs on one group of up to 64 processors.
Scheduling::Scheduling() noexcept {
  DWORD_PTR process = 0;
  DWORD_PTR system = 0;
  if (GetProcessAffinityMask(GetCurrentProcess(), &process, &system) != FALSE) own_[0] = process;
}

Scheduling::~Scheduling() {
  if (membership_ != nullptr) become_ordinary();
}

// Without the service the thread sets its own priority, below that of audio threads.
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
