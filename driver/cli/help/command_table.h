// The command line as a table: every command with its options, as CLI11 has them. The help, the manual page,
// the completion of shells and the errors are all made from it, so none of them can leave out anything. Plain
// values; main thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace refwave::cli {

struct OptionEntry {
  std::vector<std::string> names;    // "-d", "--device"; of a positional "FILE"
  std::string value;                 // "NAME"; empty: the option takes none
  std::string range;                 // "1 to 1024"; empty: not only numbers, or any
  std::vector<std::string> choices;  // the words it takes; none: not only certain words
  std::string usual;                 // its default; empty: not worth a word
  std::string about;
  bool is_required = false;
  bool repeats = false;
  bool may_lack_value = false;

  bool is_positional() const { return !names.front().starts_with('-'); }
};

struct CommandEntry {
  std::string name;
  std::string about;
  std::vector<OptionEntry> positionals;
  std::vector<OptionEntry> options;
};

/// `own`: what stands before any command; its name and about are the program's.
struct CommandTable {
  CommandEntry own;
  std::vector<CommandEntry> commands;

  /// Returns: null if there is none of that name.
  const CommandEntry* find(std::string_view name) const;
};

CommandTable table_of(const CLI::App& app);

/// Returns: "FILE…", "[COMMAND]": a positional as a line of usage has it.
std::string usage_of(const OptionEntry& positional);

/// Returns: what `option` is for, with the words or numbers that it takes and its default.
std::string sentence_of(const OptionEntry& option);

}  // namespace refwave::cli
