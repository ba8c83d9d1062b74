// Whether the multimedia class scheduler grants a thread the task that the driver's audio threads ask for;
// the registry's Drivers32 key, in its 64-bit and its 32-bit view, as the installer reads it. Windows
// documentation: "Multimedia Class Scheduler Service".
#include <windows.h>
// avrt.h wants windows.h first.
#include <avrt.h>

#include <thread>

#include "bench/doctor/machine/machine.h"
#include "inf/cli/console/text.h"
#include "inf/install/machine/machine.h"
#include "inf/install/picture/slots.h"
#include "inf/install/plan/plan.h"

namespace refwave::doctor {
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

System this_system() { return System::windows; }

Rights find_rights() {
  Rights rights;
  rights.realtime = "MMCSS, task Pro Audio,";
  rights.gets_realtime = is_granted();
  return rights;
}

Person this_person() { return {variable(L"USERPROFILE"), variable(L"USERNAME")}; }

Registrations find_drivers(const std::filesystem::path& command_folder) {
  Registrations found;
  Drivers& drivers = found.drivers;
  const install::Snapshot snapshot = install::look_at_this_machine(command_folder);
  for (const install::ViewState& view : snapshot.views) add_slots(view, drivers);
  for (const std::string& reason : install::diagnose(snapshot).reasons) drivers.to_repair.push_back(reason);
  drivers.why_none = "the slots wave … wave9 of Drivers32 are empty";
  drivers.beside = cli::path_text(command_folder / "refwave.drv");
  return found;
}

}  // namespace refwave::doctor
