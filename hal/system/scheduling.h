// What a thread that runs other people's code asks of the system's scheduler, and gives back: to be woken
// before ordinary threads, and to stay off a processor. One object on the thread's own stack; one
// implementation for each system, chosen by CMake. If the system does not permit something, it is left out
// without a report.
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

  /// Effects: the thread runs before all ordinary threads, and after audio threads. What this thread starts
  /// is ordinary all the same, where the system can do that. Returns: whether the system permits it.
  bool become_prompt() noexcept;
  /// Effects: takes become_prompt() back.
  void become_ordinary() noexcept;

  /// Effects: the thread runs on any of its processors but that one; no system call if that is so already.
  /// Returns: false if it has no other one, or may not choose.
  bool keep_off(std::uint32_t processor) noexcept;
  /// Effects: takes keep_off() back.
  void go_anywhere() noexcept;

 private:
  bool run_on(const std::array<std::uint64_t, 16>& processors) noexcept;

  std::array<std::uint64_t, 16> own_{};  // a bit a processor that the thread may run on
  std::optional<std::uint32_t> kept_off_;
  void* membership_ = nullptr;  // in a class of threads, where the system has them
};

}  // namespace refwave::hal
