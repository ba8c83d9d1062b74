#include "tests/support/threads.h"

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

std::size_t threads_of_the_driver() {
  std::size_t count = 0;
  for_each_thread([&](DWORD id) {
    const HANDLE thread = OpenThread(THREAD_QUERY_LIMITED_INFORMATION, FALSE, id);
    if (thread == nullptr) return;
    if (name_of_thread(thread).starts_with("refwave-")) ++count;
    CloseHandle(thread);
  });
  return count;
}

}  // namespace refwave::test
