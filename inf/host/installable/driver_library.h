// A driver's module in memory, from its loading to its unloading. Each caller of the driver holds this
// object, so that the code of a running call is never unloaded. Any thread.
#pragma once

#include <memory>
#include <string>

#include "driver/abi/windows_headers.h"

namespace refwave::host {

class DriverLibrary {
 public:
  /// The library that was loaded, or why there is none.
  struct Result {
    std::shared_ptr<DriverLibrary> library;  // null on failure
    std::string error;                       // on failure, one line
  };

  /// Effects: loads the file. Errors: the file is no shared object, or exports no DriverProc.
  static Result load(const std::string& path);

  ~DriverLibrary();
  DriverLibrary(const DriverLibrary&) = delete;
  DriverLibrary& operator=(const DriverLibrary&) = delete;

  DRIVERPROC driver_proc() const { return driver_proc_; }
  HMODULE module_handle() const { return static_cast<HMODULE>(handle_); }

  /// Returns: the address of the export of that name; null if there is none.
  void* find(const char* name) const;

 private:
  DriverLibrary() = default;

  void* handle_ = nullptr;
  DRIVERPROC driver_proc_ = nullptr;
};

}  // namespace refwave::host
