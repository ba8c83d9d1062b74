// A driver's module in memory. Each caller holds this object, so running code is never unloaded. Any thread.
#pragma once

#include <memory>
#include <string>

#include "driver/abi/windows_headers.h"

namespace refwave::host {

class DriverLibrary {
 public:
  struct Result {
    std::shared_ptr<DriverLibrary> library;  // null on failure
    std::string error;                       // on failure, one line
  };

  /// Errors: the file is not a shared object, or exports no DriverProc.
  static Result load(const std::string& path);

  ~DriverLibrary();
  DriverLibrary(const DriverLibrary&) = delete;
  DriverLibrary& operator=(const DriverLibrary&) = delete;

  DRIVERPROC driver_proc() const { return driver_proc_; }
  HMODULE module_handle() const { return static_cast<HMODULE>(handle_); }

  /// Returns: the export's address; null if there is none.
  void* find(const char* name) const;

 private:
  DriverLibrary() = default;

  void* handle_ = nullptr;
  DRIVERPROC driver_proc_ = nullptr;
};

}  // namespace refwave::host
