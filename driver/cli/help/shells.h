// The scripts by which bash and zsh complete refwave's command line. Pure; any thread.
#pragma once

#include <string>

#include "driver/cli/help/command_table.h"

namespace refwave::cli {

std::string bash_completion(const CommandTable& table);
std::string zsh_completion(const CommandTable& table);

}  // namespace refwave::cli
