// A job's process is the same command line again, with the job's name and the end of a pipe in the
// environment. All processes of a parent are in one job object, and end with it.
#include "bench/conform/jobs/jobs.h"

#include <windows.h>
// io.h is the C library's.
#include <io.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <utility>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"

namespace refwave::conform {
namespace {

constexpr const wchar_t* kJobVariable = L"REFWAVE_CONFORM_JOB";  // "1234 WODM_RESET.flags": pipe and name
constexpr DWORD kPipeBytes = 64 * 1024;                          // more than any report has
constexpr DWORD kFirstFatalStatus = 0xC0000000;                  // an NTSTATUS of severity "error"

HANDLE report_to = nullptr;  // in a job's process: the pipe's end

struct CloseTheHandle {
  void operator()(HANDLE handle) const { CloseHandle(handle); }
};
using Handle = std::unique_ptr<void, CloseTheHandle>;

class CreatedProcess : public JobProcess {
 public:
  CreatedProcess(HANDLE process, HANDLE pipe) : process_(process), pipe_(pipe) {}

  HANDLE handle() const { return process_.get(); }
  bool has_ended() override { return WaitForSingleObject(handle(), 0) == WAIT_OBJECT_0; }
  void kill() override { TerminateProcess(handle(), cli::kFailed); }

  End end() override {
    WaitForSingleObject(handle(), INFINITE);
    End end;
    char text[512];
    DWORD bytes = 0;
    while (ReadFile(pipe_.get(), text, sizeof(text), &bytes, nullptr) != FALSE && bytes > 0)
      end.report.append(text, bytes);
    DWORD status = 0;
    GetExitCodeProcess(handle(), &status);
    end.status = static_cast<long>(status);
    if (status >= kFirstFatalStatus) {
      std::snprintf(text, sizeof(text), "exception %08lx", status);
      end.crash = text;
    }
    if (const auto mark = end.report.find(kPlaceMark); mark != std::string::npos) {
      end.places = end.report.substr(mark + 1);
      end.report.resize(mark);
    }
    return end;
  }

 private:
  Handle process_;
  Handle pipe_;
};

/// Returns: a job object whose processes end when this one does.
HANDLE job_object() {
  static const HANDLE object = [] {
    const HANDLE made = CreateJobObjectW(nullptr, nullptr);
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    SetInformationJobObject(made, JobObjectExtendedLimitInformation, &limits, sizeof(limits));
    return made;
  }();
  return object;
}

/// Returns: a process that goes the way of this one, and has inherited the pipe. Throws: Failure.
HANDLE start_again(const std::string& job) {
  std::wstring line = GetCommandLineW();
  STARTUPINFOW startup{};
  startup.cb = sizeof(startup);
  PROCESS_INFORMATION made{};
  SetEnvironmentVariableW(kJobVariable, cli::to_path(job).c_str());
  const BOOL started = CreateProcessW(cli::program_file().c_str(), line.data(), nullptr, nullptr, TRUE,
                                      CREATE_SUSPENDED, nullptr, nullptr, &startup, &made);
  const DWORD reason = GetLastError();
  SetEnvironmentVariableW(kJobVariable, nullptr);
  if (started == FALSE)
    throw cli::Failure("no process for a rule: error " + std::to_string(reason) +
                       " of CreateProcess; try --jobs 1");
  AssignProcessToJobObject(job_object(), made.hProcess);
  ResumeThread(made.hThread);
  CloseHandle(made.hThread);
  return made.hProcess;
}

/// Returns: the module that the address is in, and its file; null for none.
std::pair<HMODULE, std::filesystem::path> module_of(const void* address) {
  constexpr DWORD kNoReference =
      GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
  HMODULE module = nullptr;
  wchar_t file[MAX_PATH] = L"";
  if (GetModuleHandleExW(kNoReference, static_cast<const wchar_t*>(address), &module) != FALSE)
    GetModuleFileNameW(module, file, MAX_PATH);
  return {module, file};
}

/// Returns: whether it is neither this command's nor Windows' own.
bool is_drivers(const void* address) {
  wchar_t windows[MAX_PATH] = L"";
  const UINT length = GetWindowsDirectoryW(windows, MAX_PATH);
  const auto [module, file] = module_of(address);
  return module != nullptr && module != GetModuleHandleW(nullptr) &&
         _wcsnicmp(file.c_str(), windows, length) != 0;
}

/// Effects: reports the innermost place in the driver, or else in any module, as "in driver.drv+0x1a2b,
/// address 0x8", and ends the process with the exception's code.
LONG WINAPI report_place(EXCEPTION_POINTERS* crash) {
  const EXCEPTION_RECORD& record = *crash->ExceptionRecord;
  void* frames[62] = {record.ExceptionAddress};
  void** const end = frames + 1 + CaptureStackBackTrace(0, 61, frames + 1, nullptr);
  void** const innermost = std::find_if(frames, end, is_drivers);
  const void* const at = innermost == end ? frames[0] : *innermost;
  const auto [module, file] = module_of(at);
  std::ostringstream text;
  text << kPlaceMark << "in " << (module == nullptr ? "no module" : cli::path_text(file.filename())) << "+0x"
       << std::hex << reinterpret_cast<std::uintptr_t>(at) - reinterpret_cast<std::uintptr_t>(module);
  if (record.ExceptionCode == EXCEPTION_ACCESS_VIOLATION && record.NumberParameters > 1)
    text << ", address 0x" << record.ExceptionInformation[1];
  report_to_parent(text.str());
  TerminateProcess(GetCurrentProcess(), record.ExceptionCode);  // before a debugger is started
  return EXCEPTION_CONTINUE_SEARCH;
}

}  // namespace

void run_job_of_this_process(const Work& work) {
  wchar_t variable[512];
  if (GetEnvironmentVariableW(kJobVariable, variable, std::size(variable)) == 0) return;
  SetEnvironmentVariableW(kJobVariable, nullptr);
  SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);  // a crash is a finding, and shows no box
  std::istringstream words(cli::path_text(variable));
  std::uintptr_t pipe = 0;
  std::string name;
  words >> pipe >> name;
  report_to = reinterpret_cast<HANDLE>(pipe);
  SetUnhandledExceptionFilter(report_place);
  // What a driver prints is no part of the report: by this program's C library, and by a driver's own, which
  // begins with these handles.
  SetStdHandle(STD_OUTPUT_HANDLE, GetStdHandle(STD_ERROR_HANDLE));
  _dup2(_fileno(stderr), _fileno(stdout));
  do_the_job(work, name);
}

std::unique_ptr<JobProcess> start_process(const std::string& name, const Work&) {
  SECURITY_ATTRIBUTES inheritable{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
  HANDLE read_end = nullptr;
  HANDLE write_end = nullptr;
  if (CreatePipe(&read_end, &write_end, &inheritable, kPipeBytes) == FALSE)
    throw cli::Failure("no pipe for a rule's process");
  const Handle ours(write_end);  // closed here: of all processes only the new one has it
  Handle pipe(read_end);
  SetHandleInformation(read_end, HANDLE_FLAG_INHERIT, 0);
  const HANDLE process =
      start_again(std::to_string(reinterpret_cast<std::uintptr_t>(write_end)) + " " + name);
  return std::make_unique<CreatedProcess>(process, pipe.release());
}

void report_to_parent(const std::string& text) {
  DWORD written = 0;
  if (WriteFile(report_to, text.data(), static_cast<DWORD>(text.size()), &written, nullptr) == FALSE)
    TerminateProcess(GetCurrentProcess(), cli::kFailed);
}

void end_process() {
  TerminateProcess(GetCurrentProcess(), 0);
  std::abort();  // never: the line above has ended it
}

}  // namespace refwave::conform
