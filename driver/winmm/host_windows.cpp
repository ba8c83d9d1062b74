#include <array>
#include <cwchar>

#include "driver/abi/windows_headers.h"
#include "driver/winmm/host.h"

namespace refwave::winmm {
namespace {

using Folder = std::array<wchar_t, MAX_PATH + 1>;

/// Returns: whether the driver's host is the drop-in: what it imports from winmm.dll is in no system folder.
bool has_dropin() noexcept {
  HMODULE winmm = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                     reinterpret_cast<LPCWSTR>(&DefDriverProc), &winmm);
  Folder own{};
  GetModuleFileNameW(winmm, own.data(), MAX_PATH);
  if (wchar_t* const name = std::wcsrchr(own.data(), L'\\'); name != nullptr) *name = 0;
  // In a 32-bit process either may be the name of the same folder.
  Folder system{};
  Folder system_of_32_bits{};
  GetSystemDirectoryW(system.data(), MAX_PATH);
  GetSystemWow64DirectoryW(system_of_32_bits.data(), MAX_PATH);
  return _wcsicmp(own.data(), system.data()) != 0 && _wcsicmp(own.data(), system_of_32_bits.data()) != 0;
}

}  // namespace

configuration::Configuration defaults() {
  configuration::Configuration settings;
  // As many devices as Windows' winmm has.
  if (has_dropin()) settings.output = settings.input = {"default", std::string(hal::kOthers)};
  return settings;
}

std::u16string_view name_suffix() noexcept { return has_dropin() ? u"" : u" (refwave)"; }

}  // namespace refwave::winmm
