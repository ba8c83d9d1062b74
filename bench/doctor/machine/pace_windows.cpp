// Power plan, timers and load. Windows documentation: "SYSTEM_POWER_STATUS", "GetSystemTimes function".
#include <windows.h>

#include <thread>

#include "bench/doctor/machine/lateness.h"
#include "bench/doctor/machine/machine.h"
#include "driver/cli/console/text.h"

namespace refwave::doctor {
namespace {

double ticks(const FILETIME& time) {
  return static_cast<double>(ULARGE_INTEGER{{time.dwLowDateTime, time.dwHighDateTime}}.QuadPart);
}

/// The time of all processors since the system started. The kernel's time includes the idle time.
struct Times {
  Times() {
    FILETIME idle_time{}, kernel_time{}, user_time{};
    GetSystemTimes(&idle_time, &kernel_time, &user_time);
    idle = ticks(idle_time);
    all = ticks(kernel_time) + ticks(user_time);
  }
  double idle = 0, all = 0;
};

struct Plan {
  const char* id;
  const char* name;
};
/// The power plans that every Windows has.
constexpr Plan kPlans[] = {{"a1841308-3541-4fab-bc81-f71556f20b4a", "power saver"},
                           {"381b4222-f694-41f0-9685-ff5bb260df2e", "balanced"},
                           {"8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c", "high performance"}};

/// Returns: the name of the power plan; its number if a person has made the plan; nothing if there is no
/// plan, as in Wine.
std::string power_plan() {
  wchar_t text[64] = L"";
  DWORD bytes = sizeof text;
  if (RegGetValueW(HKEY_LOCAL_MACHINE, L"SYSTEM\\CurrentControlSet\\Control\\Power\\User\\PowerSchemes",
                   L"ActivePowerScheme", RRF_RT_REG_SZ, nullptr, text, &bytes) != ERROR_SUCCESS)
    return {};
  const std::string id = cli::path_text(text);
  for (const Plan& plan : kPlans) {
    if (id == plan.id) return plan.name;
  }
  return id;
}

/// Returns: 1 while Windows saves the battery. Older versions of MinGW have another name for this member.
template <class Status>
BYTE status_flag(const Status& power) {
  if constexpr (requires { power.SystemStatusFlag; }) {
    return power.SystemStatusFlag;
  } else {
    return power.Reserved1;
  }
}

}  // namespace

Pace find_pace(const std::filesystem::path&) {
  const auto begin = std::chrono::steady_clock::now();
  const Times before;
  Pace pace;
  pace.power_plan = power_plan();
  SYSTEM_POWER_STATUS power{};
  const bool saves = GetSystemPowerStatus(&power) != FALSE && status_flag(power) == 1;
  pace.saves_battery = saves || pace.power_plan == kPlans[0].name;
  pace.processors = std::max(1U, std::thread::hardware_concurrency());
  pace.lateness_ns = lateness_of_sleeps();
  std::this_thread::sleep_until(begin + kBusyWindow);
  const Times after;
  if (const double all = after.all - before.all; all > 0) pace.busy = 1 - (after.idle - before.idle) / all;
  return pace;
}

}  // namespace refwave::doctor
