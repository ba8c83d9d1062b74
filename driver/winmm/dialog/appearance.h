// How windows look and measure while the dialog is open, whatever program the driver is loaded in: today's
// controls, and the screen's own resolution. Both end with the object, on the thread that made it.
#pragma once

#include <windows.h>

namespace refwave::winmm {

class Appearance {
 public:
  /// Effects: makes the manifest in `module` and, where Windows knows of it, a resolution for each monitor
  /// the thread's own.
  explicit Appearance(HMODULE module) noexcept;
  ~Appearance();
  Appearance(const Appearance&) = delete;
  Appearance& operator=(const Appearance&) = delete;

 private:
  HANDLE context_;
  ULONG_PTR cookie_ = 0;
  void* resolution_before_ = nullptr;
};

}  // namespace refwave::winmm
