// What a thread that must be on time asks of the operating system: to be woken when it should, and a stack
// that is in memory. Called by the clocked device's audio thread and by notifiers. One implementation a
// system, chosen by CMake.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "hal/system/clock.h"

namespace refwave::hal {

enum class Urgency : std::uint8_t {
  ordinary,  // may use all of a processor, so it must not push others aside
  realtime,  // sleeps most of the time, and wants to be woken before all others
};

/// While it lives, the calling thread is woken as punctually as this process has the right to ask for, and
/// the next `stack_bytes` of its stack are in memory. What is not permitted is silently done without. On the
/// thread's own stack, until the thread ends.
class PunctualThread {
 public:
  PunctualThread(Urgency urgency, std::size_t stack_bytes) noexcept;
  ~PunctualThread();
  PunctualThread(const PunctualThread&) = delete;
  PunctualThread& operator=(const PunctualThread&) = delete;

 private:
  void* membership_ = nullptr;  // in a class of threads, where the system has them
};

/// Effects: sleeps until monotonic_now_ns() has reached `deadline_ns`; one system call, none if it already
/// has. The audio thread sleeps so between two periods of a device, and never inside one.
REFWAVE_AUDIO_THREAD void sleep_until_ns(std::int64_t deadline_ns) noexcept;

/// Effects: sleeps for about that long, which some systems' std::this_thread::sleep_for does not if it is
/// under a millisecond.
inline void nap(std::chrono::nanoseconds time) noexcept { sleep_until_ns(monotonic_now_ns() + time.count()); }

}  // namespace refwave::hal
