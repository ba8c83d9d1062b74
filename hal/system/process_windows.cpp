#include "hal/system/process.h"

#include <windows.h>

#include <array>
#include <atomic>
#include <string_view>

#include "hal/system/wide_text.h"

namespace refwave::hal {
namespace {

using Ask = BOOLEAN(WINAPI*)();
constinit std::atomic<Ask> ask_system{nullptr};

/// Returns: the function by which the system itself tells, whichever module it detaches first; null if it has
/// none. Any thread may find it first, and all find the same.
Ask question() noexcept {
  if (const Ask found = ask_system.load()) return found;
  const auto found = reinterpret_cast<Ask>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlDllShutdownInProgress")));
  ask_system = found;
  return found;
}

}  // namespace

std::string program_name() {
  std::array<wchar_t, 4096> path{};
  const DWORD length = GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
  std::wstring_view name(path.data(), length);
  name.remove_prefix(name.find_last_of(L"\\/") + 1);
  return to_utf8(name);
}

std::uint32_t process_number() { return GetCurrentProcessId(); }

std::int64_t waited_for_processor_ns(std::uint32_t) noexcept { return -1; }

std::int64_t pressure_ns() noexcept { return -1; }

void pin_module() noexcept {
  HMODULE self = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                     reinterpret_cast<LPCWSTR>(&pin_module), &self);
}

// Here, because the search takes a lock of the system's.
void watch_for_process_end() noexcept { question(); }

void note_disable() noexcept {}

void at_process_exit(void (*)() noexcept) noexcept {}

bool is_process_ending() noexcept {
  const Ask ask = question();
  return ask != nullptr && ask() != FALSE;
}

bool are_other_threads_killed() noexcept { return is_process_ending(); }

}  // namespace refwave::hal
