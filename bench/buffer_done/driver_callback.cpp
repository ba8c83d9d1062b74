#include "bench/buffer_done/driver_callback.h"

#include <dlfcn.h>

#include "driver/abi/windows_headers.h"

namespace {

DWORD kept_flags = ~DWORD{0};

using Function = decltype(&DriverCallback);

Function libwinmms() {
  static const auto function = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "DriverCallback"));
  return function;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) BOOL APIENTRY DriverCallback(DWORD_PTR callback,
                                                                               DWORD flags, HDRVR device,
                                                                               DWORD message, DWORD_PTR user,
                                                                               DWORD_PTR parameter1,
                                                                               DWORD_PTR parameter2) {
  return libwinmms()(callback, flags & kept_flags, device, message, user, parameter1, parameter2);
}

namespace refwave::bench {

void let_noswitch_through(bool through) { kept_flags = through ? ~DWORD{0} : ~DWORD{DCB_NOSWITCH}; }

}  // namespace refwave::bench
