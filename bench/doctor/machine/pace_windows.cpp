// Power plan, timers and load. Windows documentation: "SYSTEM_POWER_STATUS".
#include <windows.h>

#include <thread>

#include "bench/doctor/machine/lateness.h"
#include "bench/doctor/machine/machine.h"
#include "bench/latency/surroundings.h"
#include "driver/cli/console/text.h"

namespace refwave::doctor {
namespace {

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
  const latency::ProcessorTime before = latency::processor_time();
  Pace pace;
  pace.power_plan = power_plan();
  SYSTEM_POWER_STATUS power{};
  const bool saves = GetSystemPowerStatus(&power) != FALSE && status_flag(power) == 1;
  pace.saves_battery = saves || pace.power_plan == kPlans[0].name;
  pace.processors = std::max(1U, std::thread::hardware_concurrency());
  pace.lateness_ns = lateness_of_sleeps();
  std::this_thread::sleep_until(begin + kBusyWindow);
  const latency::ProcessorTime after = latency::processor_time();
  if (const double wall = after.wall - before.wall; wall > 0) pace.busy = (after.all - before.all) / wall;
  return pace;
}

}  // namespace refwave::doctor
