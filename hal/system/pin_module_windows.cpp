#include <windows.h>

#include "hal/system/pin_module.h"

namespace refwave::hal {

void pin_module() noexcept {
  HMODULE self = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                     reinterpret_cast<LPCWSTR>(&pin_module), &self);
}

}  // namespace refwave::hal
