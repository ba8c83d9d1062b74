// What is made of the table of commands: the help for a terminal, the manual page, the scripts by which
// shells complete a line, and the error for a word that the command line does not know. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "driver/cli/help/command_table.h"

namespace refwave::cli {

/// Returns: the list of commands.
std::string help_text(const CommandTable& table, std::size_t columns);
/// Returns: one command's usage and options.
std::string help_text(const CommandTable& table, const CommandEntry& command, std::size_t columns);

/// Returns: the manual page, in the markup of man(7).
std::string man_page(const CommandTable& table, std::string_view version);

std::string bash_completion(const CommandTable& table);
std::string zsh_completion(const CommandTable& table);

/// Returns: the error for `word`, which the line cannot take, and the name that was probably meant.
/// `command`: null if `word` stands in a command's place.
std::string wrong_word(const CommandTable& table, const CommandEntry* command, const std::string& word);

/// Returns: the word of `known` that was probably meant: the only one that begins with `word`, or else the
/// nearest one. Empty if no word is near.
std::string meant_by(std::string_view word, const std::vector<std::string>& known);

}  // namespace refwave::cli
