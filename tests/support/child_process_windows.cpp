#include <windows.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "tests/support/child_process.h"

namespace refwave::test {
namespace {

HANDLE handle_of(std::intptr_t process) { return reinterpret_cast<HANDLE>(process); }

/// `text`: UTF-8.
std::wstring wide(const std::string& text) {
  return std::filesystem::path(std::u8string(text.begin(), text.end())).wstring();
}

std::wstring quoted(const std::wstring& word) {
  return word.find(L' ') == std::wstring::npos ? word : L"\"" + word + L"\"";
}

/// Returns: the file as a handle that a child process inherits.
HANDLE opened(const std::filesystem::path& path, DWORD access, DWORD how) {
  SECURITY_ATTRIBUTES inheritable{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
  return CreateFileW(path.c_str(), access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                     &inheritable, how, FILE_ATTRIBUTE_NORMAL, nullptr);
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, const Environment& environment,
                           const Streams& streams) {
  std::wstring line = quoted(std::filesystem::path(wide(arguments.at(0))).make_preferred().wstring());
  for (std::size_t i = 1; i < arguments.size(); ++i) line += L" " + quoted(wide(arguments[i]));
  for (const auto& [name, value] : environment)
    SetEnvironmentVariableW(wide(name).c_str(), value.empty() ? nullptr : wide(value).c_str());
  const std::array files{opened(streams.input.empty() ? "NUL" : streams.input, GENERIC_READ, OPEN_EXISTING),
                         opened(streams.output, FILE_APPEND_DATA, OPEN_ALWAYS),
                         opened(streams.errors, FILE_APPEND_DATA, OPEN_ALWAYS)};
  STARTUPINFOW startup{};
  startup.cb = sizeof(startup);
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = files[0];
  startup.hStdOutput = files[1];
  startup.hStdError = files[2];
  PROCESS_INFORMATION process{};
  const BOOL is_started =
      CreateProcessW(nullptr, line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &startup, &process);
  std::ranges::for_each(files, CloseHandle);
  if (is_started == FALSE) throw std::runtime_error("cannot start " + arguments[0]);
  CloseHandle(process.hThread);
  process_ = reinterpret_cast<std::intptr_t>(process.hProcess);
}

ChildProcess::~ChildProcess() { end(); }

bool ChildProcess::running() {
  return process_ != 0 && WaitForSingleObject(handle_of(process_), 0) == WAIT_TIMEOUT;
}

int ChildProcess::number() const { return static_cast<int>(GetProcessId(handle_of(process_))); }

int ChildProcess::end(int number_of_signal) {
  if (process_ == 0) return status_;
  if (number_of_signal != 0) TerminateProcess(handle_of(process_), 1);
  WaitForSingleObject(handle_of(process_), INFINITE);
  DWORD status = 0;
  GetExitCodeProcess(handle_of(process_), &status);
  CloseHandle(handle_of(process_));
  process_ = 0;
  return status_ = static_cast<int>(status);
}

}  // namespace refwave::test
