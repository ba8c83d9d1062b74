// The drivers that are in memory, by file, each with a count of users. Loading and unloading call the driver,
// so they happen outside the lock. Meanwhile the module is `changing`, and other threads that need the module
// wait. Any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <thread>

#include "driver/host/installable/driver_library.h"
#include "hal/system/mutex.h"

namespace refwave::host {

/// One driver in memory. `library` and `session` are written while it changes, by the thread that changes it.
struct DriverModule {
  std::string path;
  std::shared_ptr<DriverLibrary> library;
  HDRVR session = nullptr;

 private:
  friend class DriverModules;
  int users_ = 1;
  bool changing_ = true;
  std::thread::id changed_by_ = std::this_thread::get_id();
};

class DriverModules {
 public:
  enum class Use { first, further, refused };
  /// A user's share of a file.
  struct Acquired {
    Use use = Use::refused;
    std::shared_ptr<DriverModule> module;
  };

  /// Effects: counts one more user of the file. Returns `first`: the module is new, and the caller has to
  /// load it and then to call settle(). Returns `refused`: this very thread is loading or unloading it,
  /// from inside the driver.
  Acquired acquire(const std::string& path);

  /// Effects: ends the change that the calling thread began, and lets the waiting threads go on. `loaded`
  /// false forgets the module.
  void settle(const DriverModule& module, bool loaded);

  /// Effects: counts one user less. Returns: true if it was the last one. The caller then has to unload the
  /// module, and to call settle().
  bool release(DriverModule& module);

  /// Returns: the library of that handle; null if no module in memory has it.
  std::shared_ptr<DriverLibrary> find_library(HMODULE handle);

 private:
  hal::Mutex mutex_;
  hal::Condition settled_;
  std::map<std::string, std::shared_ptr<DriverModule>> modules_ GUARDED_BY(mutex_);
};

}  // namespace refwave::host
