#include <windows.h>
// shellapi.h wants windows.h first.
#include <shellapi.h>

#include <algorithm>
#include <atomic>
#include <cstdio>

#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"

namespace refwave::cli {

// Main's own `words` are in a code page that cannot spell every file's name.
std::vector<std::string> command_line(int, char**) {
  int count = 0;
  LPWSTR* wide = CommandLineToArgvW(GetCommandLineW(), &count);
  std::vector<std::string> words;
  for (int i = 1; i < count; ++i) words.push_back(path_text(wide[i]));
  LocalFree(wide);
  return words;
}

Console::Console() : page_before_(GetConsoleOutputCP()) { SetConsoleOutputCP(CP_UTF8); }
Console::~Console() { SetConsoleOutputCP(page_before_); }

std::filesystem::path program_file() {
  std::wstring path(32'768, L'\0');  // the longest that Windows knows
  path.resize(GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return path;
}

std::string correct_file_name(std::string& name) { return correct_windows_name(name); }

std::size_t terminal_columns(std::FILE*, std::size_t fewest) {
  CONSOLE_SCREEN_BUFFER_INFO info{};
  const bool is_console = GetConsoleScreenBufferInfo(GetStdHandle(STD_OUTPUT_HANDLE), &info) != FALSE;
  const int shown = info.srWindow.Right - info.srWindow.Left;  // the last one would break the line
  return columns_wanted(is_console ? static_cast<std::size_t>(std::max(shown, 0)) : kUsualColumns, fewest);
}

namespace {

bool is_terminal(DWORD which) {
  const HANDLE handle = GetStdHandle(which);
  DWORD mode = 0;
  return GetConsoleMode(handle, &mode) != FALSE &&
         SetConsoleMode(handle, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != FALSE;
}

}  // namespace

bool has_terminal() { return is_terminal(STD_ERROR_HANDLE); }

std::size_t print_without_blocking(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
  return text.size();
}

std::size_t screen_lines() {
  CONSOLE_SCREEN_BUFFER_INFO info{};
  if (!is_terminal(STD_OUTPUT_HANDLE)) return 0;
  if (GetConsoleScreenBufferInfo(GetStdHandle(STD_OUTPUT_HANDLE), &info) == FALSE) return kUsualLines;
  return static_cast<std::size_t>(std::max(info.srWindow.Bottom - info.srWindow.Top + 1, 1));
}

namespace {

std::atomic<bool> interrupted{false};
std::atomic<std::int64_t> pressed_ns{0};  // when Ctrl-C was first pressed; 0: not yet

/// Thread: one that Windows starts.
BOOL WINAPI on_control(DWORD event) {
  interrupted = true;
  if (event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT) return is_second_ctrl_c(pressed_ns) ? FALSE : TRUE;
  // The window is closed, or the user logs off: Windows ends the process when this returns, or after some
  // seconds.
  Sleep(INFINITE);
  return TRUE;
}

}  // namespace

void watch_for_interruption() { SetConsoleCtrlHandler(on_control, TRUE); }

bool is_interrupted() { return interrupted; }

void end_when_interrupted(int) {}

void end_input() {}

}  // namespace refwave::cli
