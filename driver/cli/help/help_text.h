// The help as a person reads it on a terminal, and the error for a word that the command line does not know.
// Pure; any thread.
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

/// Returns: what is wrong with `word`, for which there was no place on the line, with the name that was
/// probably meant. `command`: null if `word` stands where a command belongs.
std::string wrong_word(const CommandTable& table, const CommandEntry* command, const std::string& word);

/// Returns: the one of `known` that `word` was probably meant to be: it begins no other, or it is the
/// nearest. Empty if there is none.
std::string meant_by(std::string_view word, const std::vector<std::string>& known);

}  // namespace refwave::cli
