#include <sys/ioctl.h>
#include <unistd.h>

#include "driver/cli/console/letters.h"
#include "driver/cli/console/platform.h"

namespace refwave::cli {

std::vector<std::string> command_line(int count, char** words) { return {words + 1, words + count}; }

Console::Console() : page_before_(0) {}
Console::~Console() = default;

std::filesystem::path program_file() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error);
}

std::filesystem::path command_folder() { return program_file().parent_path(); }

// Whatever is no end of a string may be in a name here.
std::string correct_file_name(std::string& name) { return name.empty() ? "the name is empty" : ""; }

std::size_t terminal_columns() {
  winsize size{};
  const bool is_terminal = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return columns_wanted(is_terminal ? size.ws_col : kUsualColumns);
}

bool has_terminal() { return ::isatty(STDERR_FILENO) == 1; }

}  // namespace refwave::cli
