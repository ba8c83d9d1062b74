#include <windows.h>

#include <atomic>

#include "hal/system/threads.h"

namespace refwave::hal {

std::uintptr_t this_thread_id() noexcept { return GetCurrentThreadId(); }

std::uint32_t this_thread_number() noexcept { return GetCurrentThreadId(); }

std::uint32_t current_processor() noexcept { return GetCurrentProcessorNumber(); }

void fence_all_threads() noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  FlushProcessWriteBuffers();
  const HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
  if (ntdll != nullptr && GetProcAddress(ntdll, "wine_get_version") != nullptr) Sleep(1);
}

SignalMask SignalMask::of_this_thread() noexcept { return {}; }
void SignalMask::apply() const noexcept {}

// A new thread has ordinary priority, whatever priority its creator has.
void keep_children_ordinary(std::uintptr_t) noexcept {}

}  // namespace refwave::hal
