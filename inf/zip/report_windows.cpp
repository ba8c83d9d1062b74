#include "inf/zip/report.h"

#include <windows.h>

#include "bench/doctor/page/discretion.h"
#include "hal/system/wide_text.h"
#include "inf/cli/console/text.h"
#include "inf/install/machine/command_line.h"

namespace refwave::trial {
namespace {

namespace fs = std::filesystem;

constexpr DWORD kLongestMs = 300'000;  // with a program that does not end

std::string variable(const wchar_t* name) {
  return hal::to_utf8(hal::environment_variable(name).value_or(L""));
}

}  // namespace

std::string text_in(const fs::path& file) {
  std::string text;
  if (const hal::File in = hal::open_file(cli::path_text(file), "rb")) {
    for (int letter; (letter = std::fgetc(in.get())) != EOF;) text += static_cast<char>(letter);
  }
  std::erase(text, '\r');
  return text;
}

Words lines_of(const std::string& text) {
  Words lines;
  for (std::size_t at = 0, end; at < text.size(); at = end + 1) {
    end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
  }
  return lines;
}

void Report::open(const fs::path& file, const char* mode) {
  for (const fs::path& place : {file, cli::to_path(variable(L"USERPROFILE")) / file.filename()}) {
    file_ = place;
    report_ = hal::open_file(cli::path_text(place), mode);
    if (report_) return;
  }
}

void Report::add(std::string text) {
  const std::string zip = cli::path_text(zip_);
  for (std::size_t at = 0; (at = text.find(zip, at)) != text.npos;) text.replace(at, zip.size(), "(zip)");
  text = doctor::discreet(text, {variable(L"USERPROFILE"), variable(L"USERNAME")});
  // Another user, if an administrator was asked; and a short name.
  constexpr std::string_view kUsers = "\\users\\";
  for (std::size_t at = 0; (at = hal::lower(text).find(kUsers, at)) != text.npos;) {
    at += kUsers.size();
    text.replace(at, std::min(text.find_first_of("\\\n\"", at), text.size()) - at, "<user>");
  }
  if (!report_) return;
  std::fputs(text.c_str(), report_.get());
  std::fflush(report_.get());
}

int Report::start(const std::string& named, IfWrong if_wrong, const fs::path& program, const Words& words,
                  int right) {
  std::printf("  %s\n", named.c_str());
  title(named);
  add("  > " + cli::path_text(program.stem()) + " " + install::line_of(words) + "\n");
  Words all = {cli::path_text(program)};
  all.insert(all.end(), words.begin(), words.end());
  std::wstring line = hal::to_wide(install::line_of(all));

  SECURITY_ATTRIBUTES inherited = {sizeof inherited, nullptr, TRUE};
  STARTUPINFOW how = {};
  how.cb = sizeof how;
  how.dwFlags = STARTF_USESTDHANDLES;
  how.hStdInput = CreateFileW(L"NUL", GENERIC_READ, 0, &inherited, OPEN_EXISTING, 0, nullptr);
  how.hStdOutput = how.hStdError = CreateFileW(output_file_.c_str(), GENERIC_WRITE, FILE_SHARE_READ,
                                               &inherited, CREATE_ALWAYS, 0, nullptr);
  PROCESS_INFORMATION process = {};
  DWORD status = 1;
  std::string ended;
  if (CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &how,
                     &process) == 0) {
    ended = "did not start: " + hal::words_for(GetLastError());
  } else {
    if (WaitForSingleObject(process.hProcess, kLongestMs) != WAIT_OBJECT_0) {
      TerminateProcess(process.hProcess, status);
      ended = "did not end";
    }
    GetExitCodeProcess(process.hProcess, &status);
    CloseHandle(process.hProcess);
    CloseHandle(process.hThread);
  }
  CloseHandle(how.hStdInput);
  CloseHandle(how.hStdOutput);
  output_ = text_in(output_file_);
  if (ended.empty()) ended = cli::formatted(status < 256 ? "exit status %lu" : "exit status 0x%lx", status);
  add(output_ + "  " + ended + "\n");
  const bool is_right = static_cast<int>(status) == right;
  if (!is_right && if_wrong == IfWrong::failure) ++failures;
  row(is_right ? "ok    " : if_wrong == IfWrong::failure ? "FAILED" : "no    ", named);
  const Words lines = lines_of(output_);
  if (!is_right) detail(lines.empty() ? ended : lines.back());
  return static_cast<int>(status);
}

void Report::keep_lines(const char* text, const char* other) {
  for (const std::string& line : lines_of(output_)) {
    if (line.find(text) != line.npos && line.find(other) != line.npos) summary += line + "\n";
  }
}

}  // namespace refwave::trial
