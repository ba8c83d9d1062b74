// What is made of the table of commands: the help for a terminal, the manual page, the scripts by which
// shells complete a line, and the error for a word that the command line does not know. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace refwave::cli {

/// An option or a positional argument.
struct OptionEntry {
  std::vector<std::string> names;    // "-d", "--device"; of a positional argument "FILE"
  std::string value;                 // the value's name: "DEVICE"; empty: the option takes no value
  std::string range;                 // "1 to 1024"; empty: the value is no number, or any number
  std::vector<std::string> choices;  // the words that it takes; empty: it takes any text
  std::string usual;                 // its default; empty: the help shows none
  std::string about;
  bool is_required = false;
  bool repeats = false;
  bool may_lack_value = false;

  bool is_positional() const { return !names.front().starts_with('-'); }
};

/// A subcommand as help, manual page and completion show it.
struct CommandEntry {
  std::string name;
  std::string about;
  std::vector<OptionEntry> positionals;
  std::vector<OptionEntry> options;
};

/// `own`: the options before any command; its name and its sentence are the program's.
struct CommandTable {
  CommandEntry own;
  std::vector<CommandEntry> commands;

  /// Returns: null if there is none of that name.
  const CommandEntry* find(std::string_view name) const;
};

CommandTable table_of(const CLI::App& app);

/// Returns: a positional argument as the line of usage shows it: "FILE...", "[COMMAND]".
std::string usage_of(const OptionEntry& positional);

/// Returns: the purpose of `option`, the words or numbers that it takes, and its default.
std::string sentence_of(const OptionEntry& option);

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
