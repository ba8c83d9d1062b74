#include "driver/cli/help/help_text.h"

#include <algorithm>

#include "driver/cli/console/text.h"
#include "driver/configuration/nearest_name.h"

namespace refwave::cli {
namespace {

constexpr std::size_t kNarrow = 60;  // with fewer columns the text stands below its term
constexpr std::size_t kTerm = 25;

/// Returns: "  term     text". All lines of the text begin in the same column.
std::string item(const std::string& term, const std::string& text, std::size_t columns) {
  const std::size_t indent = columns < kNarrow ? 6 : kTerm;
  std::string line = "  " + term;
  if (text.empty()) return line + '\n';
  const bool is_beside = columns >= kNarrow && letters_of(line) + 2 <= indent;
  line = is_beside ? left(line, indent) : line + '\n' + std::string(indent, ' ');
  return line + wrapped(text, columns, indent, indent);
}

/// Returns: "-d, --device NAME".
std::string term_of(const OptionEntry& option) {
  std::string term;
  for (const std::string& name : option.names) term += (term.empty() ? "" : ", ") + name;
  if (option.is_positional()) return usage_of(option);
  if (option.names.front().starts_with("--")) term = "    " + term;
  if (option.value.empty()) return term;
  return term + (option.may_lack_value ? " [" + option.value + "]" : " " + option.value);
}

std::string items(const std::string& title, const std::vector<OptionEntry>& options, std::size_t columns) {
  if (options.empty()) return {};
  std::string text = '\n' + title + ":\n";
  for (const OptionEntry& option : options) text += item(term_of(option), sentence_of(option), columns);
  return text;
}

std::vector<std::string> names_of(const std::vector<CommandEntry>& commands) {
  std::vector<std::string> names;
  names.reserve(commands.size());
  for (const CommandEntry& command : commands) names.push_back(command.name);
  return names;
}

std::vector<std::string> names_of(const std::vector<OptionEntry>& options) {
  std::vector<std::string> names;
  names.reserve(options.size());
  for (const OptionEntry& option : options)
    names.insert(names.end(), option.names.begin(), option.names.end());
  return names;
}

}  // namespace

std::string help_text(const CommandTable& table, std::size_t columns) {
  const std::string& program = table.own.name;
  std::string text = wrapped(program + ": " + table.own.about, columns);
  text += "\nUsage: " + program + " COMMAND [OPTION...]\n\nCommands:\n";
  for (const CommandEntry& command : table.commands) text += item(command.name, command.about, columns);
  text += items("Options", table.own.options, columns);
  return text + '\n' + wrapped("`" + program + " help COMMAND` prints the options of one command.", columns);
}

std::string help_text(const CommandTable& table, const CommandEntry& command, std::size_t columns) {
  std::string usage = "Usage: " + table.own.name + " " + command.name + " [OPTION...]";
  for (const OptionEntry& positional : command.positionals) usage += " " + usage_of(positional);
  std::string text = wrapped(command.about, columns) + '\n' + wrapped(usage, columns, 7);
  for (const OptionEntry& option : command.options) {
    if (option.is_required) text += wrapped(option.names.back() + " is required.", columns);
  }
  text += items("Arguments", command.positionals, columns);
  return text + items("Options", command.options, columns);
}

std::string meant_by(std::string_view word, const std::vector<std::string>& known) {
  const auto begins = [&](const std::string& name) { return !word.empty() && name.starts_with(word); };
  if (std::ranges::count_if(known, begins) == 1) return *std::ranges::find_if(known, begins);
  if (word.size() <= 2) return {};  // so short a word is near to many
  const std::vector<std::string_view> views(known.begin(), known.end());
  return std::string(configuration::nearest_name(word, views));
}

std::string wrong_word(const CommandTable& table, const CommandEntry* command, const std::string& word) {
  const bool is_option = word.size() > 1 && word.starts_with('-');
  const std::string name = word.substr(0, is_option ? word.find('=') : std::string::npos);
  const std::string where = command != nullptr ? command->name + ": " : "";
  const std::string list =
      "`" + table.own.name + " help" + (command != nullptr ? " " + command->name : "") + "`";
  if (command != nullptr && !is_option)
    return where + "unexpected argument: " + word + "; " + list + " shows what it takes";
  const std::string meant =
      meant_by(name, is_option ? names_of((command != nullptr ? *command : table.own).options)
                               : names_of(table.commands));
  return where + (is_option ? "no such option: " : "no such command: ") + name + "; " +
         (meant.empty() ? list + " lists what there is" : "did you mean " + meant + "?");
}

}  // namespace refwave::cli
