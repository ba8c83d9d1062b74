// What an audio thread asks of the operating system: to be woken on time, and a stack that is there. One
// implementation a system, chosen by CMake.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace refwave::hal {

enum class Urgency : std::uint8_t {
  ordinary,  // may use all of a processor, so it must not push others aside
  realtime,  // sleeps most of the time, and wants to be woken before all others
};

/// While it lives, the calling thread is woken as punctually as this process has the right to ask for, and
/// the next `stack_bytes` of its stack are in memory. What is not permitted is silently done without. On the
/// thread's own stack, until the thread ends.
class AudioThread {
 public:
  AudioThread(Urgency urgency, std::size_t stack_bytes) noexcept;
  ~AudioThread();
  AudioThread(const AudioThread&) = delete;
  AudioThread& operator=(const AudioThread&) = delete;

 private:
  void* membership_ = nullptr;  // in a class of threads, where the system has them
};

/// Returns: a number that no other living thread has; never 0. No system call, and nothing is allocated, as
/// std::this_thread::get_id() does for threads that it does not know.
std::uintptr_t this_thread_id() noexcept;

/// Returns: std::chrono::steady_clock in ns. No system call.
std::int64_t monotonic_now_ns() noexcept;

/// Effects: sleeps until monotonic_now_ns() has reached `deadline_ns`; one system call, none if it already
/// has.
void sleep_until_ns(std::int64_t deadline_ns) noexcept;

/// Effects: sleeps for about that long, which some systems' std::this_thread::sleep_for does not if it is
/// under a millisecond.
inline void nap(std::chrono::nanoseconds time) noexcept { sleep_until_ns(monotonic_now_ns() + time.count()); }

}  // namespace refwave::hal
