// The command's view of the system; one source file for each.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "hal/system/clock.h"
#include "inf/cli/console/text.h"

namespace refwave::cli {

/// Returns: the arguments, as UTF-8.
std::vector<std::string> command_line(int count, char** words);

/// Returns: why this system cannot have a file of that name; empty if it can. Effects: on Windows as
/// correct_windows_name().
std::string correct_file_name(std::string& name);

/// While it lives, the console shows UTF-8. Linux: also opens standard descriptors that are closed.
class Console {
 public:
  Console();
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

 private:
  [[maybe_unused]] unsigned page_before_;  // Linux has one page alone: UTF-8
};

std::filesystem::path program_file();

/// Returns: the folder that it lies in.
inline std::filesystem::path command_folder() { return program_file().parent_path(); }

/// Returns: whether standard error is a terminal on which a line can be rewritten.
bool has_terminal();

/// Effects: writes as much of `text` to `stream`, stdout or stderr, as it takes without blocking. A terminal
/// takes nothing after Ctrl-S, or if no program reads it. Returns: the bytes written. (Windows: blocks.)
std::size_t print_without_blocking(std::FILE* stream, std::string_view text);

/// Returns: the lines of the terminal on standard output; 0 if it is not a terminal.
std::size_t screen_lines();

/// Returns: the width for text on `stream`: COLUMNS, else the terminal's, else 80; at least `fewest`.
/// (Windows: always of standard output.)
std::size_t terminal_columns(std::FILE* stream = stdout, std::size_t fewest = kFewestColumns);

// Ctrl-C ends the command cleanly, also while it reads a pipe; a second one, half a second later, kills it.

/// Effects: from now on Ctrl-C (and SIGTERM, or the closing of the terminal, however often) sets a flag.
void watch_for_interruption();

bool is_interrupted();

/// Returns: whether it is pressed again, half a second after `first_ns`, which is 0 at first. (`timeout` and
/// shells send a signal twice, together.) Thread: any, and signal handlers.
inline bool is_second_ctrl_c(std::atomic<std::int64_t>& first_ns) {
  constexpr std::int64_t kBetweenNs = 500'000'000;
  const std::int64_t now_ns = hal::monotonic_now_ns();
  std::int64_t before = 0;
  return !first_ns.compare_exchange_strong(before, now_ns) && now_ns - before >= kBetweenNs;
}

/// Effects: an interruption or end_input() makes reads of the pipe `descriptor` return its end, also one that
/// is blocked. -1: none. One pipe at a time. (Windows: nothing.)
void end_when_interrupted(int descriptor);
/// Effects: ends that pipe, also one that is opened later. Thread: any, and signal handlers.
void end_input();

}  // namespace refwave::cli
