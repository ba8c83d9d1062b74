// An administrator's rights: whether this process has them, and asking for them once. One file a system.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace refwave::install {

bool is_elevated();

/// Returns: whether somebody sits at the console, who can answer a question.
bool is_interactive();

/// Returns: the existing file or folder by a name that an administrator's logon knows, too. That logon does
/// not have this user's network drives, nor those of `subst`. `path` itself if the system gives no such name.
std::filesystem::path name_for_administrators(const std::filesystem::path& path);

/// Effects: asks the user for an administrator's rights and runs this command with them and `arguments`, its
/// output in this console. Returns: its exit status; nothing if the user declined.
std::optional<int> run_elevated(const std::vector<std::string>& arguments);

/// Effects: in the process that run_elevated started: prints into the console of process `id`.
void print_into_console_of(unsigned long id);

}  // namespace refwave::install
