#include <windows.h>

#include "tests/hal/this_thread.h"
#include "tests/windows/kernel.h"

namespace refwave::test {

std::string name_of_this_thread() { return name_of_thread(GetCurrentThread()); }

std::size_t stack_bytes_of_this_thread() {
  using Limits = void(WINAPI*)(PULONG_PTR, PULONG_PTR);
  ULONG_PTR low = 0;
  ULONG_PTR high = 0;
  kernel_function<Limits>("GetCurrentThreadStackLimits")(&low, &high);
  return high - low;
}

}  // namespace refwave::test
