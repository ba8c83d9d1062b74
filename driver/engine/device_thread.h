// The thread for calls on devices that may take long: starting, stopping, trying again. Such calls never
// delay the supervisor, which watches the devices meanwhile. All engines of a driver share it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "driver/engine/back_off.h"
#include "hal/system/owned_thread.h"

namespace refwave::engine {

/// Thread: control, any number at a time.
class DeviceThread {
 public:
  DeviceThread();
  ~DeviceThread() { end(); }
  DeviceThread(const DeviceThread&) = delete;
  DeviceThread& operator=(const DeviceThread&) = delete;

  /// Effects: runs `task` after the tasks posted before. `task` must keep alive the objects that it uses. If
  /// it throws std::bad_alloc, it ends there. Returns: false if no thread can be started, which is tried
  /// with growing pauses, or after end(). Throws std::bad_alloc. In both cases no task is added.
  bool post(std::function<void()> task);

  /// Effects: runs the posted tasks, then ends the thread. Waits for `patience` at most; a thread that hangs
  /// in a device call is abandoned and counted. post() refuses further tasks. Thread: any but this one; a
  /// second time is harmless.
  void end(std::chrono::milliseconds patience = hal::kPatience);

 private:
  struct Shared;
  static void run(Shared& shared);
  bool has_thread();

  const std::shared_ptr<Shared> shared_;
  // Guarded by the shared mutex.
  hal::OwnedThread thread_;  // started by the first post
  BackOff back_off_;         // after a start that failed
};

}  // namespace refwave::engine
