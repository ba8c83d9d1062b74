// The operating system's services for a thread that must be on time: a punctual wake-up, a stack that is in
// memory, and its place before other threads. The clocked device's audio thread and notifiers use them. A
// missing right is no error: the service is skipped. One implementation for each system, chosen by CMake.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "hal/system/clock.h"

namespace refwave::hal {

enum class Urgency : std::uint8_t {
  ordinary,  // may use all of a processor, so it must not push others aside
  realtime,  // sleeps most of the time, and should be woken before all others
};

/// While the object lives, the calling thread is woken as punctually as this process may ask for, and the
/// next `stack_bytes` of its stack are in memory. It lies on the thread's stack to its end.
class PunctualThread {
 public:
  PunctualThread(Urgency urgency, std::size_t stack_bytes) noexcept;
  ~PunctualThread();
  PunctualThread(const PunctualThread&) = delete;
  PunctualThread& operator=(const PunctualThread&) = delete;

 private:
  [[maybe_unused]] void* membership_ = nullptr;  // in a class of threads, where the system has them
};

/// The requests of a thread that runs client code to the system's scheduler, and their end: to be woken
/// before ordinary threads, and to avoid one processor. The object lies on the thread's own stack.
class Scheduling {
 public:
  /// Effects: remembers on which processors the calling thread may run.
  Scheduling() noexcept;
  /// Effects: leaves the system's class of threads, if the thread is still in one. Thread: the same.
  ~Scheduling();
  Scheduling(const Scheduling&) = delete;
  Scheduling& operator=(const Scheduling&) = delete;

  /// Effects: the thread runs before all ordinary threads, and after audio threads. Threads that this thread
  /// starts are ordinary all the same, where the system can do that. Returns: whether the system permits it.
  bool become_prompt() noexcept;
  /// Effects: takes become_prompt() back.
  void become_ordinary() noexcept;

  /// Effects: the thread runs on any of its processors except that one. No system call if it does so already;
  /// nor for a prompt thread that is on another one, because it wakes where it slept, as a rule. Returns:
  /// false if the thread has no other processor, or may not choose.
  bool keep_off(std::uint32_t processor) noexcept;
  /// Effects: takes keep_off() back.
  void go_anywhere() noexcept;

 private:
  bool run_on(const std::array<std::uint64_t, 16>& processors) noexcept;

  std::array<std::uint64_t, 16> own_{};  // a bit for each processor that the thread may use
  std::optional<std::uint32_t> kept_off_;
  bool is_prompt_ = false;
  [[maybe_unused]] void* membership_ = nullptr;  // in a class of threads, where the system has them
};

/// Effects: the calling thread gives way to ordinary ones from now on, if the system can do that.
void step_back() noexcept;

/// Effects: asks for SCHED_FIFO at priority 20, or at as much of it as RLIMIT_RTPRIO allows, for a thread of
/// this process (the kernel's number; 0: the calling thread). Threads that it starts are ordinary all the
/// same. Returns: the priority; 0 if it is refused, and on Windows.
int take_fifo(std::int32_t thread) noexcept;

/// Effects: sleeps until monotonic_now_ns() has reached `deadline_ns`; one system call, none if it already
/// has. The audio thread sleeps in this way between two periods of a device, never within a period.
REFWAVE_AUDIO_THREAD void sleep_until_ns(std::int64_t deadline_ns) noexcept;

/// Effects: sleeps for about `time`, even if it is less than a millisecond (unlike some systems' sleep_for).
inline void nap(std::chrono::nanoseconds time) noexcept { sleep_until_ns(monotonic_now_ns() + time.count()); }

}  // namespace refwave::hal
