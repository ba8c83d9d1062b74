// The requests of a thread that runs client code to the system's scheduler, and their end: to be woken before
// ordinary threads, and to avoid one processor. The object lies on the thread's own stack. One implementation
// for each system, chosen by CMake. A request that the system refuses is left out without a report.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace refwave::hal {

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
  void* membership_ = nullptr;  // in a class of threads, where the system has them
};

}  // namespace refwave::hal
