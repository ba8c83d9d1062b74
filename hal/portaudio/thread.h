// The one thread that calls PortAudio. PortAudio is not thread-safe, and its calls may hang with a sound
// server, so others give it tasks and wait for two seconds at most.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "hal/system/owned_thread.h"
#include "hal/system/status.h"

namespace refwave::hal {

class PortAudioThread {
 public:
  using Task = std::function<void()>;
  using Deadline = std::chrono::steady_clock::time_point;

  /// A task for one run() or post(). A destructor needs one made in advance: it cannot report missing memory.
  struct Job;
  using Prepared = std::shared_ptr<Job>;
  static Prepared prepare(Task task);

  /// Effects: starts the thread. The thread calls `watch` after each task, and about every 20 ms as long as
  /// `watch` returns true, or lacks memory. `started` is a failure if there is no thread.
  PortAudioThread(std::function<bool()> watch, Status& started);
  /// Effects: waits for the queued tasks, kPatience at most. A thread that hangs is abandoned and counted.
  ~PortAudioThread();

  /// Effects: runs the task and waits for its end until `deadline`. A task that has not begun by then is
  /// never run. A task that has begun continues, so it must own the objects that it uses. Fails immediately
  /// while gone(). Returns: whether the task was done in time. Throws: std::bad_alloc.
  bool run(const Prepared& job, Deadline deadline);
  bool run(Task task, Deadline deadline) { return run(prepare(std::move(task)), deadline); }
  /// Effects: queues the task and does not wait; does nothing if the task has begun already. Thread: any.
  void post(const Prepared& job) noexcept;
  void post(Task task) { post(prepare(std::move(task))); }
  /// Returns: whether a call into PortAudio still runs for which a run() has timed out.
  bool gone() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
  OwnedThread thread_;
};

}  // namespace refwave::hal
