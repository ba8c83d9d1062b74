#include <windows.h>
// tlhelp32.h wants windows.h first.
#include <tlhelp32.h>

#include "tests/stream/threads.h"
#include "tests/windows/kernel.h"

namespace refwave::test {

std::size_t threads_of_the_driver() {
  const HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
  THREADENTRY32 entry{};
  entry.dwSize = sizeof(entry);
  std::size_t count = 0;
  for (BOOL more = Thread32First(all, &entry); more != FALSE; more = Thread32Next(all, &entry)) {
    if (entry.th32OwnerProcessID != GetCurrentProcessId()) continue;
    const HANDLE thread = OpenThread(THREAD_QUERY_LIMITED_INFORMATION, FALSE, entry.th32ThreadID);
    if (thread == nullptr) continue;
    if (name_of_thread(thread).starts_with("refwave-")) ++count;
    CloseHandle(thread);
  }
  CloseHandle(all);
  return count;
}

}  // namespace refwave::test
