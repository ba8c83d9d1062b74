#include <windows.h>

#include "hal/system/process.h"

// winpthreads is linked into this module. Windows calls this function of it when a thread begins and ends.
// Weak: in other programs than the driver winpthreads may hide it, and a program is notified of every end.
extern "C" [[gnu::weak]] PIMAGE_TLS_CALLBACK __xl_f;

namespace refwave::hal {

// winpthreads keeps a record with two handles of every thread that throws, waits in it, or makes a static
// object. It frees the record when the thread ends, but a module that is unloaded before, or that the loader
// does not call, is not notified of that end. So it is notified now.
void forget_this_thread() noexcept {
  if (&__xl_f != nullptr) __xl_f(nullptr, DLL_THREAD_DETACH, nullptr);
}

}  // namespace refwave::hal
