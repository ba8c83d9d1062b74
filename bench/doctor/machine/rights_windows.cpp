// Whether the multimedia class scheduler grants a thread the task that the driver's audio threads ask for.
// Windows documentation: "Multimedia Class Scheduler Service".
#include <windows.h>
// avrt.h wants windows.h first.
#include <avrt.h>

#include <thread>

#include "bench/doctor/machine/machine.h"
#include "driver/cli/console/text.h"

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

}  // namespace

System this_system() { return System::windows; }

Rights find_rights(const std::filesystem::path&) {
  Rights rights;
  rights.realtime = "MMCSS, task Pro Audio,";
  rights.gets_realtime = is_granted();
  return rights;
}

Person this_person() { return {variable(L"USERPROFILE"), variable(L"USERNAME")}; }

}  // namespace refwave::doctor
