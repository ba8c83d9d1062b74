// No command gets as far as this on Linux.
#include "inf/install/machine/elevation.h"

namespace refwave::install {

bool is_elevated() { return false; }

bool is_interactive() { return false; }

std::optional<int> run_elevated(const std::vector<std::string>&) { return std::nullopt; }

void print_into_console_of(unsigned long) {}

}  // namespace refwave::install
