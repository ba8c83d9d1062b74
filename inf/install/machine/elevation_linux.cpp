// No command gets as far as this on Linux.
#include "inf/install/machine/elevation.h"

namespace refwave::install {

bool is_elevated() { return false; }

bool is_interactive() { return false; }

std::filesystem::path name_for_administrators(const std::filesystem::path& path) { return path; }

std::optional<int> run_elevated(const std::vector<std::string>&) { return std::nullopt; }

void print_into_console_of(unsigned long) {}

}  // namespace refwave::install
