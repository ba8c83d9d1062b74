// What the command asks of the system on which it runs. One source file for each system implements it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace refwave::cli {

/// Returns: the words of the command line after the command's own name, as UTF-8.
std::vector<std::string> command_line(int count, char** words);

/// Returns: why `name` can be no file by the rules of this system; empty if it can. Effects: on Windows as
/// correct_windows_name().
std::string correct_file_name(std::string& name);

/// While it lives, the console shows UTF-8.
class Console {
 public:
  Console();
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

 private:
  [[maybe_unused]] unsigned page_before_;  // Linux has one page alone: UTF-8
};

/// Returns: the running command itself.
std::filesystem::path program_file();

/// Returns: the folder that it lies in.
std::filesystem::path command_folder();

/// Returns: whether standard error is a terminal on which a line can be rewritten.
bool has_terminal();

/// Effects: writes as much of `text` to that terminal as it takes now, and never waits: after Ctrl-S, or
/// where nobody reads it, it takes nothing. (Windows: waits.)
void show_on_terminal(std::string_view text);

/// Returns: whether standard output and standard error take text now, without a wait. (Windows: true.)
bool takes_text();

/// Returns: how many lines the terminal of standard output shows, on which text can be rewritten; 0 if it is
/// none.
std::size_t screen_lines();

/// Returns: how wide text on standard output may be, 40 and more: COLUMNS in the environment, else the
/// terminal, else 80.
std::size_t terminal_columns();

// Ctrl-C: the first one asks the command to end cleanly, a second one ends it at once. A command that waits
// for a pipe hears of it, too.

/// Effects: from now on Ctrl-C (and SIGTERM, or the closing of the terminal) sets a flag.
void watch_for_interruption();

/// Returns: whether that has happened. Thread: any.
bool is_interrupted();

/// Effects: the pipe `descriptor` ends as soon as this process is interrupted, or end_input() is called, even
/// in the middle of a read: what is read from it then is its end. -1: none. One at a time. (Windows:
/// nothing.)
void end_when_interrupted(int descriptor);
/// Effects: ends that pipe now, or as soon as there is one. Thread: any, and signal handlers.
void end_input();

}  // namespace refwave::cli
