// Windows documentation: "CreateProcessW function", "Job objects".
#include <windows.h>

#include <filesystem>

#include "bench/watch/watch.h"
#include "hal/system/wide_text.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/wave_client/driver_session.h"
#include "inf/install/machine/command_line.h"
#include "inf/install/machine/machine.h"

namespace refwave::watching {
namespace {

HANDLE job = nullptr;  // the program and whatever it starts
PROCESS_INFORMATION program{};
std::filesystem::path folder;  // of the program

/// The console sends Ctrl-C to the program, too, which decides what to do.
BOOL WINAPI on_control(DWORD event) { return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT; }

}  // namespace

void start_program(std::vector<std::string> words) {
  std::wstring line = hal::to_wide(install::line_of(words));
  SetConsoleCtrlHandler(on_control, TRUE);
  STARTUPINFOW startup{};
  startup.cb = sizeof startup;
  if (CreateProcessW(nullptr, line.data(), nullptr, nullptr, TRUE, CREATE_SUSPENDED, nullptr, nullptr,
                     &startup, &program) == FALSE) {
    const DWORD error = GetLastError();
    throw cli::Failure(words.front() + ": cannot be started: " + hal::words_for(error) + "; name a program",
                       error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND ? 127 : 126);
  }
  std::wstring path(32'768, L'\0');
  DWORD length = static_cast<DWORD>(path.size());
  if (QueryFullProcessImageNameW(program.hProcess, 0, path.data(), &length) != FALSE)
    folder = std::filesystem::path(path.substr(0, length)).parent_path();
  job = CreateJobObjectW(nullptr, nullptr);
  AssignProcessToJobObject(job, program.hProcess);
  ResumeThread(program.hThread);
}

std::optional<int> program_end(std::chrono::milliseconds patience) {
  DWORD status = 0;
  if (WaitForSingleObject(program.hProcess, static_cast<DWORD>(patience.count())) != WAIT_OBJECT_0)
    return std::nullopt;
  GetExitCodeProcess(program.hProcess, &status);
  return static_cast<int>(status);
}

bool is_of_program(std::uint32_t process) {
  if (process == program.dwProcessId) return true;
  // Without a job the question would be whether the process is in any.
  if (job == nullptr) return false;
  BOOL is_in_job = FALSE;
  const HANDLE handle = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process);
  if (handle == nullptr) return false;
  IsProcessInJob(handle, job, &is_in_job);
  DWORD status = 0;
  GetExitCodeProcess(handle, &status);
  CloseHandle(handle);
  return is_in_job != FALSE && status == STILL_ACTIVE;
}

std::string program_hint() {
  std::error_code error;
  for (const char* name : {"winmm.dll", "refwave.drv"})
    if (!std::filesystem::exists(folder / name, error)) return cli::use_hint();
  if (install::is_wine())
    return "winmm.dll and refwave.drv lie beside it, but Wine must be asked to use them: set "
           "WINEDLLOVERRIDES=winmm=n,b";
  return "winmm.dll and refwave.drv lie beside it; `refwave status --program` says whether it can use them";
}

}  // namespace refwave::watching
