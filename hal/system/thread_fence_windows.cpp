#include <windows.h>

#include "hal/system/thread_fence.h"

namespace refwave::hal {

bool fence_all_threads() noexcept {
  FlushProcessWriteBuffers();
  return true;
}

}  // namespace refwave::hal
