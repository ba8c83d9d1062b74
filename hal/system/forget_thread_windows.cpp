#include <windows.h>

#include "hal/system/process.h"

// winpthreads is linked into this module. Windows calls this function of it when a thread begins and ends.
extern "C" PIMAGE_TLS_CALLBACK __xl_f;

namespace refwave::hal {

// winpthreads keeps a record with two handles of every thread that throws, waits in it, or makes a static
// object. It frees the record when the thread ends, but a module that is unloaded before does not hear of
// that end. So it hears of it now. A record that is needed again is made again.
void forget_this_thread() noexcept {
  // A killed thread may have held a lock of winpthreads.
  if (!are_other_threads_killed()) __xl_f(nullptr, DLL_THREAD_DETACH, nullptr);
}

}  // namespace refwave::hal
