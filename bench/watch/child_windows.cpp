// Windows documentation: "CreateProcessW function", "Job objects".
#include <windows.h>

#include "bench/watch/watch.h"
#include "hal/system/wide_text.h"
#include "inf/cli/console/failure.h"
#include "inf/install/machine/command_line.h"

namespace refwave::watching {
namespace {

HANDLE job = nullptr;  // the program and whatever it starts
PROCESS_INFORMATION program{};

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

}  // namespace refwave::watching
