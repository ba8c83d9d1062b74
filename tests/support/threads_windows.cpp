#include "tests/support/threads.h"

#include "tests/windows/kernel.h"

namespace refwave::test {

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
