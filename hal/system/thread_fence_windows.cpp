#include <windows.h>

#include <atomic>

#include "hal/system/thread_fence.h"

namespace refwave::hal {

void fence_all_threads() noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  FlushProcessWriteBuffers();
  const HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
  if (ntdll != nullptr && GetProcAddress(ntdll, "wine_get_version") != nullptr) Sleep(1);
}

}  // namespace refwave::hal
