// The help for a terminal, and the error for an unknown word. CLI11's own help neither wraps lines nor
// suggests words. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace refwave::cli {

std::string help_text(const CLI::App& program, std::size_t columns);
std::string help_text(const CLI::App& program, const CLI::App& command, std::size_t columns);

/// Returns: the command of that name; null if there is none.
const CLI::App* command_named(const CLI::App& program, const std::string& name);

/// Returns: the error for `word`, which the line cannot take, and the name that was probably meant.
/// `command`: null if `word` stands in a command's place.
std::string wrong_word(const CLI::App& program, const CLI::App* command, const std::string& word);

/// Returns: the word of `known` that was probably meant: the only one that begins with `word`, or else the
/// nearest one. Empty if no word is near.
std::string meant_by(std::string_view word, const std::vector<std::string>& known);

}  // namespace refwave::cli
