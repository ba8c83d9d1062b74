#include <windows.h>
// avrt.h wants windows.h first.
#include <avrt.h>

#include <thread>

#include "bench/measure/surroundings.h"
#include "driver/configuration/version.h"
#include "inf/cli/console/text.h"

namespace refwave::measure {
namespace {

std::string registry_text(const wchar_t* key, const wchar_t* name) {
  wchar_t text[256] = L"";
  DWORD bytes = sizeof(text);
  if (RegGetValueW(HKEY_LOCAL_MACHINE, key, name, RRF_RT_REG_SZ, nullptr, text, &bytes) != ERROR_SUCCESS)
    return {};
  return cli::path_text(text);
}

/// Returns: " in Wine 8.0", or nothing on Windows.
std::string wine() {
  const HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
  const auto version = reinterpret_cast<const char*(CDECL*)()>(
      reinterpret_cast<void*>(GetProcAddress(ntdll, "wine_get_version")));
  return version == nullptr ? "" : " in Wine " + std::string(version());
}

double seconds(const FILETIME& time) {
  constexpr double kSecond = 1e7;  // FILETIME counts 100 ns
  return (4294967296.0 * time.dwHighDateTime + time.dwLowDateTime) / kSecond;
}

}  // namespace

Run begin_run() {
  constexpr const wchar_t* kSystem = L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";
  constexpr const wchar_t* kProcessor = L"HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0";
  const std::string build = registry_text(kSystem, L"CurrentBuild");
  return {
      .version = std::string(configuration::version()),
      .began = cli::utc_now(),
      .machine = {registry_text(kSystem, L"ProductName") + (build.empty() ? "" : ", build " + build) + wine(),
                  registry_text(kProcessor, L"ProcessorNameString"), std::thread::hardware_concurrency()}};
}

ProcessorTime processor_time() {
  FILETIME idle{}, kernel{}, user{};  // the kernel's time includes the idle time
  GetSystemTimes(&idle, &kernel, &user);
  FILETIME created{}, ended{}, own_kernel{}, own_user{};
  GetProcessTimes(GetCurrentProcess(), &created, &ended, &own_kernel, &own_user);
  const double all = seconds(kernel) + seconds(user);
  return {all - seconds(idle), seconds(own_kernel) + seconds(own_user), all};
}

double thread_seconds() {
  FILETIME created{}, ended{}, kernel{}, user{};
  GetThreadTimes(GetCurrentThread(), &created, &ended, &kernel, &user);
  return seconds(kernel) + seconds(user);
}

/// The console shows UTF-8 (platform.h).
void print(const std::string& text, std::FILE* to) {
  std::fputs(text.c_str(), to);
  std::fflush(to);
}

void become_realtime() {
  DWORD task = 0;
  if (AvSetMmThreadCharacteristicsW(L"Pro Audio", &task) == nullptr)
    SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_TIME_CRITICAL);
}

}  // namespace refwave::measure
