// The command line as a table: every command with its options, as CLI11 knows them. The help, the manual
// page, the completion for shells and the errors are all made from this table, so none of them can lack an
// option. Plain values; main thread.
#pragma once

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

}  // namespace refwave::cli
