#include <alloca.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "hal/system/realtime.h"

namespace refwave::hal {
namespace {

constexpr rlim_t kFifoPriority = 20;  // above all ordinary threads, below JACK and the kernel's own threads
constexpr int kPromptPriority = 15;
constexpr std::size_t kPageBytes = 4'096;

[[gnu::noinline]] void touch_stack(std::size_t bytes) noexcept {
  auto* stack = static_cast<volatile char*>(alloca(bytes));
  for (std::size_t i = 0; i < bytes; i += kPageBytes) stack[i] = 0;
}

}  // namespace

void step_back() noexcept {
  // With 19 a thread may get no processor for seconds on a busy machine, and DRV_DISABLE waits for its end.
  constexpr int kNice = 10;
  // A thread has the policy of the one that started it, which may be real time.
  const sched_param none{};
  sched_setscheduler(0, SCHED_OTHER, &none);
  // Of one thread, by the kernel's number; 0 is this thread.
  setpriority(PRIO_PROCESS, 0, kNice);
}

int take_fifo(std::int32_t thread) noexcept {
  rlimit limit{};
  // A limit of 0 says nothing about a process that has the capability.
  const bool is_limited = getrlimit(RLIMIT_RTPRIO, &limit) == 0 && limit.rlim_cur != 0;
  const auto priority =
      static_cast<int>(is_limited ? std::min(limit.rlim_cur, kFifoPriority) : kFifoPriority);
  const sched_param parameters{.sched_priority = priority};
  return sched_setscheduler(thread, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) == 0 ? priority : 0;
}

PunctualThread::PunctualThread(Urgency urgency, std::size_t stack_bytes) noexcept {
  touch_stack(stack_bytes);
  prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  // Under completion = direct clients run on this thread. Threads that they start must be ordinary.
  if (urgency == Urgency::realtime) take_fifo(0);
}

// The priority ends with the thread.
PunctualThread::~PunctualThread() = default;

void sleep_until_ns(std::int64_t deadline_ns) noexcept {
  if (monotonic_now_ns() >= deadline_ns) return;
  // On 32-bit processors both are a long.
  const timespec deadline{.tv_sec = static_cast<time_t>(deadline_ns / 1'000'000'000),
                          .tv_nsec = static_cast<long>(deadline_ns % 1'000'000'000)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, nullptr) == EINTR) {
  }
}

Scheduling::Scheduling() noexcept {
  cpu_set_t set;
  static_assert(sizeof own_ == sizeof set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) std::memcpy(own_.data(), &set, sizeof set);
}

Scheduling::~Scheduling() = default;

bool Scheduling::become_prompt() noexcept {
  const sched_param parameters{.sched_priority = kPromptPriority};
  is_prompt_ = sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) == 0;
  return is_prompt_;
}

void Scheduling::become_ordinary() noexcept {
  is_prompt_ = false;
  const sched_param parameters{.sched_priority = 0};
  // Only a privileged thread may clear the second flag again.
  sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &parameters);
}

bool Scheduling::run_on(const std::array<std::uint64_t, 16>& processors) noexcept {
  cpu_set_t set;
  std::memcpy(&set, processors.data(), sizeof set);
  return CPU_COUNT(&set) != 0 && sched_setaffinity(0, sizeof set, &set) == 0;
}

}  // namespace refwave::hal
