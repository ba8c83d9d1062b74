// A thread that belongs to one object. No thread waits for it longer than two seconds, because the code that
// it calls (a device, a client) may hang forever. So the body's captures keep alive what it uses.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "hal/system/status.h"

namespace refwave::hal {

/// The longest wait of a control thread for anything that may hang.
inline constexpr std::chrono::milliseconds kPatience{2'000};

/// To be added to the stack that a thread's own frames need, because thread-local storage lies in the stack's
/// mapping. A sanitizer's alone takes over half a megabyte. Untouched pages cost nothing.
inline constexpr std::size_t kThreadOverheadBytes = 1024 * 1024;

/// One deadline for several waits in a row.
class Patience {
 public:
  explicit Patience(std::chrono::milliseconds whole = kPatience)
      : end_(std::chrono::steady_clock::now() + whole) {}

  bool is_over() const { return std::chrono::steady_clock::now() >= end_; }
  /// Returns: the time that is left, and at least kLeast, which is enough for a thread that does not hang.
  std::chrono::milliseconds left() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    return std::max(kLeast, left);
  }
  /// Returns: its end, in ns of the monotonic clock.
  std::int64_t end_ns() const {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(end_.time_since_epoch()).count();
  }

 private:
  static constexpr std::chrono::milliseconds kLeast{50};
  std::chrono::steady_clock::time_point end_;
};

/// Returns: how many threads have been abandoned since the program began. While this is not 0, the module
/// that holds this code must stay loaded. Thread: any.
std::uint64_t abandoned_threads() noexcept;
/// Effects: counts a thread that a library has started, and that hangs.
void count_abandoned_thread() noexcept;

/// Returns: whether this process, the child of a fork() on Linux, lacks threads started here. Thread: any.
bool has_forked_off_threads() noexcept;

/// Thread: one control thread at a time.
class OwnedThread {
 public:
  OwnedThread() = default;
  ~OwnedThread() { join(); }
  OwnedThread(const OwnedThread&) = delete;
  OwnedThread& operator=(const OwnedThread&) = delete;

  /// Effects: runs `body` on a new thread with that name (15 characters at most) and at least that much stack
  /// (0: the system's default). On Linux the thread, and threads that it starts, block all signals except
  /// faults, until `body` changes that. Errors: there is no thread. Precondition: none is running.
  Status start(const char* name, std::size_t stack_bytes, std::function<void()> body);
  /// Effects: waits for the body to return. If it does not return in `patience` and a short grace, or if this
  /// is the thread itself, the thread is abandoned and counted. Returns: whether the thread has ended.
  bool join(std::chrono::milliseconds patience = kPatience);
  bool running() const { return run_ != nullptr; }
  /// Returns: whether the thread, not yet joined, has ended: its body returned, or ended it (pthread_exit).
  bool has_ended() const;

 private:
  /// If the whole process was stopped, the thread could not run while the patience ran out.
  static constexpr std::chrono::milliseconds kGrace{50};

  struct Run;
  std::shared_ptr<Run> run_;
};

}  // namespace refwave::hal
