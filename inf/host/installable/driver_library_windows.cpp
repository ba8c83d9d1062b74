// LoadLibraryEx by full path, so that a driver's own DLLs are looked for beside it first.
#include "inf/host/installable/driver_library.h"

#include "inf/host/text.h"

namespace refwave::host {
namespace {

HMODULE module_of(void* handle) { return static_cast<HMODULE>(handle); }

/// Returns: Windows' text for that error, one line.
std::string error_text(DWORD error) {
  wchar_t text[512];
  DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr, error, 0,
                                text, std::size(text), nullptr);
  while (length > 0 && (text[length - 1] <= L' ' || text[length - 1] == L'.')) --length;
  return to_utf8({text, length}) + " (error " + std::to_string(error) + ")";
}

}  // namespace

DriverLibrary::Result DriverLibrary::load(const std::string& path) {
  const std::shared_ptr<DriverLibrary> library(new DriverLibrary);
  library->handle_ = LoadLibraryExW(to_path(path).c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
  if (library->handle_ == nullptr)
    return {nullptr, "cannot load " + path + ": " + error_text(GetLastError())};
  library->driver_proc_ = reinterpret_cast<DRIVERPROC>(library->find("DriverProc"));
  if (library->driver_proc_ == nullptr) return {nullptr, path + " exports no DriverProc, so it is no driver"};
  return {library, {}};
}

DriverLibrary::~DriverLibrary() {
  if (handle_ != nullptr) FreeLibrary(module_of(handle_));
}

void* DriverLibrary::find(const char* name) const {
  return reinterpret_cast<void*>(GetProcAddress(module_of(handle_), name));
}

}  // namespace refwave::host
