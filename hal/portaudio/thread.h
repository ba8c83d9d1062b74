// The one thread that calls PortAudio, which is not thread-safe, and whose calls may hang (a sound server
// that is stopped). Others hand it tasks and wait for two seconds at most.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "hal/system/owned_thread.h"

namespace refwave::hal {

class PortAudioThread {
 public:
  using Task = std::function<void()>;
  using Deadline = std::chrono::steady_clock::time_point;

  /// A task for one run() or post(), made while there was memory for it: a destructor has no way to say that
  /// there is none.
  struct Job;
  using Prepared = std::shared_ptr<Job>;
  static Prepared prepare(Task task);

  /// `watch` is called there between tasks, about every 20 ms, as long as it returns true; after each task it
  /// is called again. `error` is empty, or why there is no thread.
  PortAudioThread(std::function<bool()> watch, std::string& error);
  /// Effects: waits for the tasks that are there, kPatience at most; a thread that hangs is abandoned and
  /// counted.
  ~PortAudioThread();

  /// Effects: runs the task. Returns: whether it was done by then. If not, and it has not begun, it never
  /// will be; if it has, it goes on: what it touches must live with it. Fails at once while PortAudio is
  /// gone. Errors: std::bad_alloc, if the task ended with it. Thread: any other.
  bool run(const Prepared& job, Deadline deadline);
  bool run(Task task, Deadline deadline) { return run(prepare(std::move(task)), deadline); }
  /// Effects: runs the task when its turn comes, unless it has begun already. Thread: any.
  void post(const Prepared& job) noexcept;
  void post(Task task) { post(prepare(std::move(task))); }
  /// Returns: whether somebody has waited in vain for the call that is still running.
  bool gone() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
  OwnedThread thread_;
};

}  // namespace refwave::hal
