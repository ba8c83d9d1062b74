// RTLD_LOCAL, because all drivers export the same names. And GetProcAddress and DefDriverProc, after their
// pages of the Windows documentation.
#include "inf/host/installable/driver_library.h"

#include <dlfcn.h>

#include "inf/host/installable/installable_driver.h"

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

FARPROC WINAPI GetProcAddress(HMODULE module, LPCSTR name) {
  const auto library = refwave::host::driver_library(module);
  return library == nullptr || name == nullptr ? nullptr : reinterpret_cast<FARPROC>(library->find(name));
}

LRESULT WINAPI DefDriverProc(DWORD_PTR, HDRVR, UINT uMsg, LPARAM, LPARAM) {
  switch (uMsg) {
    case DRV_LOAD:
    case DRV_FREE:
    case DRV_ENABLE:
    case DRV_DISABLE:
    case DRV_INSTALL:  // 1 is DRVCNF_OK here
    case DRV_REMOVE:
      return 1;
    default:
      return 0;
  }
}
