// The driver's periodic thread: takes requests from client threads, lets the engines check their devices
// every 10 ms, and passes slow work on to the device thread, so that it is never late itself. Driver owns it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "hal/system/mutex.h"
#include "hal/system/owned_thread.h"
#include "hal/system/status.h"

namespace refwave::engine {

class Engine;

class Supervisor {
 public:
  /// `tick`: runs when the supervisor is woken, and again as long as it returns true, but never sooner than
  /// 10 ms after the tick before.
  explicit Supervisor(std::function<bool()> tick);
  ~Supervisor() { end(); }
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// Effects: asks the supervisor to have `engine` start its device. Wait-free, except that a full queue
  /// allocates. If memory is missing then, the engine's next tick finds that a start is wanted. Thread: any
  /// control thread.
  void request_start(std::weak_ptr<Engine> engine);
  /// Effects: wakes the supervisor, which then checks the engines every 10 ms while a device is open.
  /// Thread: any control thread.
  void wake();

  /// Effects: starts the thread, if it does not run yet. Errors: the thread is missing. Thread: any control
  /// thread.
  hal::Status ensure();
  /// Effects: ends the thread; waits for `patience` at most. From now on ensure() starts no thread, and
  /// requests are ignored. A second call is harmless.
  void end(std::chrono::milliseconds patience = hal::kPatience);

 private:
  struct Shared;
  static void run(Shared& shared);

  const std::shared_ptr<Shared> shared_;
  hal::Mutex starting_;
  hal::OwnedThread thread_ GUARDED_BY(starting_);
};

}  // namespace refwave::engine
