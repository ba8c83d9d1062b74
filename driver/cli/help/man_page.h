// The manual page, in the markup of man(7). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "driver/cli/help/command_table.h"

namespace refwave::cli {

std::string man_page(const CommandTable& table, std::string_view version);

}  // namespace refwave::cli
