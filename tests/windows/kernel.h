// What newer releases of Windows tell of threads, looked up by name as the declared version of Windows has it
// not.
#pragma once

#include <windows.h>

#include <string>

namespace refwave::test {

template <class Function>
Function kernel_function(const char* name) {
  return reinterpret_cast<Function>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"kernel32.dll"), name)));
}

/// Returns: the name that was given to the thread; it is ASCII.
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
