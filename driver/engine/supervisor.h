// The driver's periodic thread: every 10 ms, while needed, it runs the driver's tick (Driver::Driver), and it
// passes start requests to the device thread, so that it is never late itself.
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
  /// `tick`: runs when the supervisor is woken, and while it returns true, at least 10 ms apart.
  explicit Supervisor(std::function<bool()> tick);
  ~Supervisor() { end(); }

  /// Effects: has `engine` start its device; without memory at its next tick. Thread: any control thread.
  void request_start(std::weak_ptr<Engine> engine);
  /// Effects: a tick comes soon. Thread: any control thread.
  void wake();

  /// Effects: starts the thread, if need be. Errors: there is none. Thread: any control thread.
  hal::Status ensure();
  /// Effects: ends the thread, within `patience`. ensure() then fails, and requests are ignored.
  void end(std::chrono::milliseconds patience = hal::kPatience);

 private:
  struct Shared;
  static void run(Shared& shared);

  const std::shared_ptr<Shared> shared_;
  hal::Mutex starting_;
  hal::OwnedThread thread_ GUARDED_BY(starting_);
};

}  // namespace refwave::engine
