#include "driver/winmm/system/unload.h"

#include <windows.h>

// What winpthreads, which is linked into this module, has Windows call when a thread begins and ends.
extern "C" PIMAGE_TLS_CALLBACK __xl_f;

namespace refwave::winmm {

// winpthreads keeps a record with two handles of every thread that throws, or waits in it, or makes a static
// object: until the thread ends, which a module that is unloaded before does not hear of. So it hears of it
// now; a record that is needed again is made again.
void forget_this_thread() noexcept { __xl_f(nullptr, DLL_THREAD_DETACH, nullptr); }

}  // namespace refwave::winmm
