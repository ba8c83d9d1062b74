// Threads that must be on time, on Linux.
#include <alloca.h>
#include <sched.h>
#include <sys/prctl.h>
#include <time.h>

#include <cerrno>
#include "hal/system/realtime.h"

namespace refwave::hal {
namespace {

constexpr int kFifoPriority = 20;  // above all ordinary threads, below JACK and the kernel's own threads
constexpr std::size_t kPageBytes = 4'096;

[[gnu::noinline]] void touch_stack(std::size_t bytes) noexcept {
  auto* stack = static_cast<volatile char*>(alloca(bytes));
  for (std::size_t i = 0; i < bytes; i += kPageBytes) stack[i] = 0;
}

}  // namespace

PunctualThread::PunctualThread(Urgency urgency, std::size_t stack_bytes) noexcept {
  touch_stack(stack_bytes);
  prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  if (urgency == Urgency::realtime) {
    const sched_param parameters{.sched_priority = kFifoPriority};
    // Under completion = direct clients run on this thread. Threads that they start must be ordinary.
    sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters);
  }
}

// The priority ends with the thread.
PunctualThread::~PunctualThread() { static_cast<void>(membership_); }

void sleep_until_ns(std::int64_t deadline_ns) noexcept {
  if (monotonic_now_ns() >= deadline_ns) return;
  // On 32-bit processors both are a long.
  const timespec deadline{.tv_sec = static_cast<time_t>(deadline_ns / 1'000'000'000),
                          .tv_nsec = static_cast<long>(deadline_ns % 1'000'000'000)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, nullptr) == EINTR) {
  }
}

}  // namespace refwave::hal
