// Windows' information about threads. Functions of newer releases are looked up by name.
#pragma once

#include <windows.h>
// tlhelp32.h wants windows.h first.
#include <tlhelp32.h>

#include <string>

namespace refwave::test {

template <class Function>
Function kernel_function(const char* name) {
  return reinterpret_cast<Function>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"kernel32.dll"), name)));
}

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

/// Returns: the name of the thread, which is ASCII.
inline std::string name_of_thread(HANDLE thread) {
  using GetThreadDescription = HRESULT(WINAPI*)(HANDLE, PWSTR*);
  PWSTR name = nullptr;
  if (kernel_function<GetThreadDescription>("GetThreadDescription")(thread, &name) < 0) return {};
  std::string text;
  for (const wchar_t* letter = name; *letter != 0; ++letter) text += static_cast<char>(*letter);
  LocalFree(name);
  return text;
}

}  // namespace refwave::test
