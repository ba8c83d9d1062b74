// Current controls and the screen's own resolution for the dialog's windows, in any program that loads the
// driver. Both end with the object, on the thread that made it.
#pragma once

#include <windows.h>

namespace refwave::dialog {

class Appearance {
 public:
  /// Effects: applies the manifest in `module` to this thread and, where Windows can do so, the resolution of
  /// each monitor.
  explicit Appearance(HMODULE module) noexcept;
  ~Appearance();
  Appearance(const Appearance&) = delete;
  Appearance& operator=(const Appearance&) = delete;

 private:
  HANDLE context_;
  ULONG_PTR cookie_ = 0;
  void* resolution_before_ = nullptr;
};

}  // namespace refwave::dialog
