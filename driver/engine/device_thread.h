// The thread for slow calls on devices (open, start, stop), so that the supervisor is never delayed.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "hal/system/back_off.h"
#include "hal/system/owned_thread.h"

namespace refwave::engine {

/// Thread: control, any number.
class DeviceThread {
 public:
  DeviceThread();
  ~DeviceThread() { end(); }

  /// Effects: runs `task`, which keeps alive what it uses, after the earlier tasks. Returns: false after
  /// end(), or if no thread can be started. Throws std::bad_alloc; a task that does so ends there.
  bool post(std::function<void()> task);

  /// Effects: runs the posted tasks, refuses others, and ends the thread. A thread that hangs longer than
  /// `patience` is abandoned. Thread: any but this one; a second call is harmless.
  void end(std::chrono::milliseconds patience = hal::kPatience);

 private:
  struct Shared;
  static void run(Shared& shared);
  bool has_thread();

  const std::shared_ptr<Shared> shared_;
  // Guarded by the shared mutex.
  hal::OwnedThread thread_;                           // started by the first post
  hal::BackOff back_off_{10'000'000, 1'000'000'000};  // after a start that failed
};

}  // namespace refwave::engine
