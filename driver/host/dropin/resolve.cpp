// The target of each function of the drop-in winmm.dll. It is found at the function's first call: before that
// nothing is loaded, and DllMain does nothing. Any thread; two threads that come at once find the same
// target.
#include <atomic>
#include <cstdlib>

#include "driver/abi/windows_headers.h"
#include "driver/host/dropin/system_winmm.h"
#include "driver/host/wave/wave_devices.h"

namespace refwave::host {
namespace {

/// One export, as thunks_*.S lays it down.
struct Export {
  const char* name;  // or "#2": a number
  void* own;         // this module's function; null if only the system has it
  void* absent;      // answers 0
};

}  // namespace
}  // namespace refwave::host

extern "C" {
extern const refwave::host::Export dropin_exports[];
extern void* dropin_targets[];
void* resolve_export(unsigned index) noexcept;
}

namespace refwave::host {
namespace {

void* in_system(const Export& wanted) {
  const bool numbered = wanted.name[0] == '#';
  void* const function =
      system_function(numbered ? MAKEINTRESOURCEA(std::atoi(wanted.name + 1)) : wanted.name);
  return function == nullptr ? wanted.absent : function;
}

/// The driver's threads call into this module, so it stays even if the program frees it.
void stay_in_memory() {
  HMODULE self = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                     reinterpret_cast<LPCWSTR>(dropin_targets), &self);
}

/// Returns: whether refwave has a device for this program: it is there, it loads, and it is not denied.
bool refwave_serves() {
  const auto devices = wave_devices();
  return devices->count(Direction::output) + devices->count(Direction::input) > 0;
}

}  // namespace
}  // namespace refwave::host

void* resolve_export(unsigned index) noexcept {
  using namespace refwave::host;
  const Export& wanted = dropin_exports[index];
  const std::atomic_ref target(dropin_targets[index]);
  if (wanted.own != nullptr) {
    // Without refwave the program keeps the system's sound. This target is not stored, because a driver that
    // asks for wave devices while it is being loaded gets it too.
    if (!refwave_serves()) return in_system(wanted);
    stay_in_memory();
    serve_with_system_mapper();
    target.store(wanted.own);
    return wanted.own;
  }
  void* function = in_system(wanted);
  target.store(function);
  return function;
}
