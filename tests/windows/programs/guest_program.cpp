#include "tests/windows/programs/guest_program.h"

#include <fstream>
#include <stdexcept>

namespace refwave::test {
namespace {

namespace fs = std::filesystem;

constexpr DWORD kPatienceMs = 60'000;

/// Returns: the settings for that route. 44.1 kHz is what the programs play at: nothing is resampled. Some
/// latency keeps a busy machine from making gaps.
std::string configuration(Route route, const fs::path& capture) {
  if (route == Route::wasapi) return "latency_ms = 60\n";
  return "output = ['clocked']\ninput = ['clocked']\nrate = 44100\nchannels = 2\nformat = 's24'\ncapture = "
         "'" +
         capture.string() + "'\n";
}

/// Returns: a file that a child process inherits for its output.
HANDLE inheritable_file(const fs::path& path) {
  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, nullptr, TRUE};
  return CreateFileW(path.c_str(), GENERIC_WRITE, FILE_SHARE_READ, &inheritable, CREATE_ALWAYS,
                     FILE_ATTRIBUTE_NORMAL, nullptr);
}

}  // namespace

GuestProgram::GuestProgram(const std::string& name, Route route) : name_(name + ".exe") {
  fs::copy_file(fs::path(REFWAVE_PROGRAMS) / name_, folder_ / name_);
  // What refwave.exe reads sound files with.
  fs::copy_file(fs::path(REFWAVE_PROGRAMS) / "sndfile.dll", folder_ / "sndfile.dll");
  fs::copy_file(REFWAVE_WINMM, folder_ / "winmm.dll");
  fs::copy_file(REFWAVE_DRIVER, folder_ / "refwave.drv");
  std::ofstream(folder_ / "refwave.toml") << configuration(route, capture());
}

GuestProgram::~GuestProgram() {
  if (process_ == nullptr) return;
  TerminateProcess(process_, 1);
  WaitForSingleObject(process_, kPatienceMs);
  CloseHandle(process_);
}

void GuestProgram::start(const std::string& arguments) {
  const HANDLE log = inheritable_file(folder_ / "output.txt");
  STARTUPINFOW startup{};
  startup.cb = sizeof startup;
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdOutput = startup.hStdError = log;
  PROCESS_INFORMATION process{};
  std::wstring command = L"\"" + (folder_ / name_).wstring() + L"\" " + fs::path(arguments).wstring();
  SetEnvironmentVariableW(L"REFWAVE_CONFIG", (folder_ / "refwave.toml").c_str());
  const BOOL started = CreateProcessW(nullptr, command.data(), nullptr, nullptr, TRUE, 0, nullptr,
                                      folder().c_str(), &startup, &process);
  CloseHandle(log);
  if (!started) throw std::runtime_error("cannot start " + name_);
  CloseHandle(process.hThread);
  process_ = process.hProcess;
}

int GuestProgram::wait() {
  if (WaitForSingleObject(process_, kPatienceMs) != WAIT_OBJECT_0) return kHung;
  DWORD status = 0;
  GetExitCodeProcess(process_, &status);
  return static_cast<int>(status);
}

std::string GuestProgram::output() const { return contents_of(folder_ / "output.txt"); }

}  // namespace refwave::test
