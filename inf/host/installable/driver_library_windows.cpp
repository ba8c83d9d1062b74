// By full path, so that a driver's own DLLs are searched beside it first.
#include "inf/host/installable/driver_library.h"

#include "inf/host/text.h"

namespace refwave::host {

DriverLibrary::Result DriverLibrary::load(const std::string& path) {
  const std::shared_ptr<DriverLibrary> library(new DriverLibrary);
  library->handle_ = LoadLibraryExW(to_path(path).c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
  if (library->handle_ == nullptr) {
    const DWORD error = GetLastError();
    return {nullptr, "cannot load " + path + ": " + hal::words_for(error)};
  }
  library->driver_proc_ = reinterpret_cast<DRIVERPROC>(library->find("DriverProc"));
  if (library->driver_proc_ == nullptr) return {nullptr, path + " exports no DriverProc, so it is no driver"};
  return {library, {}};
}

DriverLibrary::~DriverLibrary() {
  if (handle_ != nullptr) FreeLibrary(module_handle());
}

void* DriverLibrary::find(const char* name) const {
  return reinterpret_cast<void*>(GetProcAddress(module_handle(), name));
}

}  // namespace refwave::host
