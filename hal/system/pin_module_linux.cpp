#include <dlfcn.h>

#include "hal/system/pin_module.h"

namespace refwave::hal {

void pin_module() noexcept {
  Dl_info self{};
  if (dladdr(reinterpret_cast<void*>(&pin_module), &self) == 0) return;
  // One more handle, which is never closed, and RTLD_NODELETE: the module is not unloaded even without it.
  static_cast<void>(dlopen(self.dli_fname, RTLD_NOW | RTLD_NODELETE));
}

}  // namespace refwave::hal
