#include <unistd.h>

#include <cstdlib>

#include "driver/cli/platform.h"

namespace refwave::cli {

std::vector<std::string> command_line(int count, char** words) { return {words + 1, words + count}; }

Console::Console() : page_before_(0) {}
Console::~Console() = default;

std::filesystem::path program_file() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error);
}

bool has_terminal() { return ::isatty(STDERR_FILENO) == 1; }

HDRVR open_driver() { return OpenDriver(u"wave", u"Drivers32", 0); }

void use_no_configuration_file() { ::setenv("REFWAVE_CONFIG", "", 1); }

}  // namespace refwave::cli
