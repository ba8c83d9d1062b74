// Power plan, timers and load; whether the multimedia class scheduler grants a thread the task that the
// driver's audio threads ask for; the registry's Drivers32 key, in its 64-bit and its 32-bit view, as the
// installer reads it; the services of Windows that sound needs. Windows documentation: "SYSTEM_POWER_STATUS",
// "Multimedia Class Scheduler Service", "QueryServiceStatus function".
#include <windows.h>
// avrt.h wants windows.h first.
#include <avrt.h>

#include <thread>

#include "bench/doctor/machine/lateness.h"
#include "bench/doctor/machine/machine.h"
#include "bench/latency/surroundings.h"
#include "inf/cli/console/text.h"
#include "inf/install/machine/machine.h"
#include "inf/install/picture/program_file.h"
#include "inf/install/picture/slots.h"
#include "inf/install/plan/plan.h"

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

namespace {

bool is_granted() {
  bool granted = false;
  std::thread([&granted] {
    DWORD task = 0;
    const HANDLE membership = AvSetMmThreadCharacteristicsW(L"Pro Audio", &task);
    granted = membership != nullptr;
    if (granted) AvRevertMmThreadCharacteristics(membership);
  }).join();
  return granted;
}

std::string variable(const wchar_t* name) {
  wchar_t text[MAX_PATH] = L"";
  const DWORD letters = GetEnvironmentVariableW(name, text, MAX_PATH);
  return letters < MAX_PATH ? cli::path_text(text) : std::string();
}

}  // namespace

System this_system() { return System::windows; }

Rights find_rights() {
  Rights rights;
  rights.realtime = "MMCSS, task Pro Audio,";
  rights.gets_realtime = is_granted();
  return rights;
}

Person this_person() { return {variable(L"USERPROFILE"), variable(L"USERNAME")}; }

namespace {

using install::View;

/// Returns: why programs of that bitness cannot load the file; empty if they can, or if the file is not
/// refwave's.
std::string wrong_bitness(const install::ViewState& view) {
  if (view.driver.content != install::File::Content::ours) return {};
  const auto file = install::read_program_file(cli::to_path(view.driver.path));
  const auto wanted = view.view == View::bits_64 ? install::Architecture::x64 : install::Architecture::x86;
  if (!file || file->architecture == wanted) return {};
  return view.driver.path + " is not for " + install::name_of(view.view) + " programs";
}

void add_slots(const install::ViewState& view, Drivers& drivers) {
  for (std::size_t slot = 0; slot < install::kSlots; ++slot) {
    if (!view.slots[slot]) continue;
    Driver driver;
    driver.where = std::string(install::name_of(view.view)) + " " + install::slot_name(slot);
    driver.file = install::text_of(view.slots[slot]);
    driver.is_refwave = install::is_ours(view, slot);
    drivers.found.push_back(std::move(driver));
  }
}

}  // namespace

Registrations find_drivers(const std::filesystem::path& command_folder) {
  Registrations found;
  Drivers& drivers = found.drivers;
  const auto machine = install::observe_this_machine(command_folder);
  const install::Snapshot snapshot = machine->look();
  for (const install::ViewState& view : snapshot.views) {
    add_slots(view, drivers);
    if (std::string problem = wrong_bitness(view); !problem.empty())
      drivers.to_repair.push_back(std::move(problem));
  }
  for (const std::string& reason : install::diagnose(snapshot).reasons) drivers.to_repair.push_back(reason);
  drivers.why_none = "the slots wave … wave9 of Drivers32 are empty";
  drivers.beside = cli::path_text(command_folder / "refwave.drv");
  return found;
}

namespace {

class Service {
 public:
  explicit Service(SC_HANDLE handle) : handle_(handle) {}
  ~Service() {
    if (handle_ != nullptr) CloseServiceHandle(handle_);
  }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  SC_HANDLE get() const { return handle_; }

 private:
  SC_HANDLE handle_;
};

/// Wine has none of these services, and its sound needs none of them.
Server look_at(const Service& services, const wchar_t* name, const char* title) {
  Server server;
  server.name = title;
  const Service service(OpenServiceW(services.get(), name, SERVICE_QUERY_STATUS));
  SERVICE_STATUS status{};
  if (service.get() == nullptr || QueryServiceStatus(service.get(), &status) == FALSE) return server;
  const bool runs = status.dwCurrentState == SERVICE_RUNNING;
  server.state = runs ? Server::State::present : Server::State::not_running;
  return server;
}

}  // namespace

std::vector<Server> find_servers() {
  const Service services(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  return {look_at(services, L"Audiosrv", "Windows Audio"),
          look_at(services, L"AudioEndpointBuilder", "Windows Audio Endpoint Builder"),
          look_at(services, L"MMCSS", "Multimedia Class Scheduler")};
}

}  // namespace refwave::doctor
