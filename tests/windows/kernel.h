// Windows' information about threads.
#pragma once

#include <windows.h>
// tlhelp32.h wants windows.h first.
#include <tlhelp32.h>

namespace refwave::test {

template <class Look>
void for_each_thread(Look look) {
  const HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
  THREADENTRY32 entry{};
  entry.dwSize = sizeof(entry);
  for (BOOL more = Thread32First(all, &entry); more != FALSE; more = Thread32Next(all, &entry)) {
    if (entry.th32OwnerProcessID == GetCurrentProcessId()) look(entry.th32ThreadID);
  }
  CloseHandle(all);
}

}  // namespace refwave::test
