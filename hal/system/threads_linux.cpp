#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <ctime>

#include "hal/system/threads.h"

namespace refwave::hal {

std::uintptr_t this_thread_id() noexcept { return static_cast<std::uintptr_t>(pthread_self()); }

// gettid() is a system call. The clock's number in memory has the thread's in its upper bits, inverted.
std::uint32_t this_thread_number() noexcept {
  clockid_t clock{};
  return pthread_getcpuclockid(pthread_self(), &clock) == 0 ? ~static_cast<std::uint32_t>(clock >> 3) : 0;
}

std::uint32_t current_processor() noexcept { return static_cast<std::uint32_t>(sched_getcpu()); }

void fence_all_threads() noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  // A process registers once; to register again does no harm.
  if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0 &&
      syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0)
    return;
  const timespec millisecond{.tv_sec = 0, .tv_nsec = 1'000'000};
  nanosleep(&millisecond, nullptr);
}

SignalMask SignalMask::of_this_thread() noexcept {
  SignalMask mask;
  sigset_t set;
  static_assert(sizeof mask.bits_ == sizeof set);
  if (pthread_sigmask(SIG_SETMASK, nullptr, &set) == 0) std::memcpy(mask.bits_.data(), &set, sizeof set);
  return mask;
}

void SignalMask::apply() const noexcept {
  sigset_t set;
  std::memcpy(&set, bits_.data(), sizeof set);
  pthread_sigmask(SIG_SETMASK, &set, nullptr);
}

void keep_children_ordinary(std::uintptr_t thread) noexcept {
  int policy = 0;
  sched_param parameters{};
  const auto there = static_cast<pthread_t>(thread);
  if (thread == 0 || pthread_getschedparam(there, &policy, &parameters) != 0) return;
  // Without a real-time policy there is nothing to inherit.
  if (parameters.sched_priority != 0) pthread_setschedparam(there, policy | SCHED_RESET_ON_FORK, &parameters);
}

}  // namespace refwave::hal
