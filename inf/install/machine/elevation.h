// An administrator's rights: whether this process has them, and asking for them once. One file a system.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace refwave::install {

bool is_elevated();

/// Returns: whether somebody sits at the console, who can answer a question.
bool is_interactive();

/// Effects: asks the user for an administrator's rights and runs this command with them and `arguments`, its
/// output in this console. Returns: its exit status; nothing if the user declined.
std::optional<int> run_elevated(const std::vector<std::string>& arguments);

/// Effects: in the process that run_elevated started: prints into the console of process `id`.
void print_into_console_of(unsigned long id);

}  // namespace refwave::install
