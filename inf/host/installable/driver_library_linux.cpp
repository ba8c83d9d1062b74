// RTLD_LOCAL, because all drivers export the same names.
#include "inf/host/installable/driver_library.h"

#include <dlfcn.h>

namespace refwave::host {

DriverLibrary::Result DriverLibrary::load(const std::string& path) {
  const std::shared_ptr<DriverLibrary> library(new DriverLibrary);
  library->handle_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library->handle_ == nullptr) {
    const char* reason = dlerror();
    return {nullptr, "cannot load it: " + std::string(reason == nullptr ? path : reason)};
  }
  library->driver_proc_ = reinterpret_cast<DRIVERPROC>(library->find("DriverProc"));
  if (library->driver_proc_ == nullptr) return {nullptr, path + " exports no DriverProc, so it is no driver"};
  return {library, {}};
}

DriverLibrary::~DriverLibrary() {
  if (handle_ != nullptr) dlclose(handle_);
}

void* DriverLibrary::find(const char* name) const { return dlsym(handle_, name); }

}  // namespace refwave::host
