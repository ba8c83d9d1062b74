#include "inf/cli/help/help_text.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "driver/configuration/nearest_name.h"
#include "inf/cli/console/text.h"

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

namespace {

/// Effects: reads the words or the range from the validators' description: "{park,spin}", "INT in [1 - 8]".
void read_limits(const std::string& description, OptionEntry& entry) {
  const std::size_t brace = description.find('{');
  if (brace != std::string::npos)
    entry.choices =
        CLI::detail::split(description.substr(brace + 1, description.find('}', brace) - brace - 1), ',');
  const std::size_t bracket = description.find(" in [");
  if (bracket == std::string::npos) return;
  entry.range = description.substr(bracket + 5, description.find(']', bracket) - bracket - 5);
  entry.range.replace(entry.range.find(" - "), 3, " to ");
}

/// Returns: the value's name, without the validators' description that CLI11 appends.
std::string value_name(const CLI::Option& option) {
  if (option.get_type_size() == 0) return {};
  const std::string type = option.get_type_name();
  const std::string name = type.substr(0, type.find(':'));
  if (name == "TEXT") return "WORD";
  return name == "UINT" || name == "INT" || name == "FLOAT" ? "N" : name;
}

OptionEntry entry_of(const CLI::Option& option) {
  OptionEntry entry;
  for (const std::string& name : option.get_snames()) entry.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) entry.names.push_back("--" + name);
  if (option.get_positional()) entry.names = {option.get_name(true, false)};
  entry.value = value_name(option);
  read_limits(option.get_type_name(), entry);
  entry.usual = option.get_default_str();
  entry.about = option.get_description();
  entry.is_required = option.get_required();
  entry.repeats = option.get_expected_max() >= CLI::detail::expected_max_vector_size ||
                  option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
  entry.may_lack_value = option.get_expected_min() == 0 && !entry.value.empty();
  return entry;
}

CommandEntry entry_of(const CLI::App& app) {
  CommandEntry entry{app.get_name(), app.get_description(), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;  // hidden
    (option->get_positional() ? entry.positionals : entry.options).push_back(entry_of(*option));
  }
  return entry;
}

}  // namespace

const CommandEntry* CommandTable::find(std::string_view name) const {
  const auto found = std::ranges::find(commands, name, &CommandEntry::name);
  return found == commands.end() ? nullptr : &*found;
}

CommandTable table_of(const CLI::App& app) {
  CommandTable table{entry_of(app), {}};
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) table.commands.push_back(entry_of(*command));
  }
  return table;
}

std::string usage_of(const OptionEntry& positional) {
  const std::string name = positional.names.front() + (positional.repeats ? "..." : "");
  return positional.is_required ? name : "[" + name + "]";
}

std::string sentence_of(const OptionEntry& option) {
  std::string text = option.about;
  if (!option.choices.empty()) {
    text += ": ";
    for (std::size_t i = 0; i < option.choices.size(); ++i)
      text += (i == 0 ? "" : i + 1 == option.choices.size() ? " or " : ", ") + option.choices[i];
  }
  if (!option.range.empty()) text += ": " + option.range;
  if (!option.usual.empty()) text += " [default: " + option.usual + "]";
  return text;
}

namespace {

/// Returns: `text` for troff, with the letters escaped that have a meaning there.
std::string for_troff(std::string_view text) {
  const bool is_request = text.starts_with('.') || text.starts_with('\'');
  return (is_request ? "\\&" : "") + escaped(text, {{'\\', "\\e"}, {'-', "\\-"}});
}

std::string bold(const std::string& text) { return "\\fB" + for_troff(text) + "\\fR"; }
std::string italic(const std::string& text) { return "\\fI" + for_troff(text) + "\\fR"; }

std::string man_term(const OptionEntry& option) {
  if (option.is_positional()) return italic(usage_of(option));
  std::string term;
  for (const std::string& name : option.names) term += (term.empty() ? "" : ", ") + bold(name);
  if (option.value.empty()) return term;
  return term + (option.may_lack_value ? " [" + italic(option.value) + "]" : " " + italic(option.value));
}

std::string items(const std::vector<OptionEntry>& options) {
  std::string text;
  for (const OptionEntry& option : options)
    text += ".TP\n" + man_term(option) + '\n' + for_troff(sentence_of(option)) + '\n';
  return text;
}

/// Returns: the command's options without --help, because every command has that.
std::vector<OptionEntry> own_options(const CommandEntry& command) {
  std::vector<OptionEntry> options = command.options;
  std::erase_if(options, [](const OptionEntry& option) { return option.names.back() == "--help"; });
  return options;
}

std::string section_of(const CommandTable& table, const CommandEntry& command) {
  std::string text = ".SS " + command.name + '\n' + bold(table.own.name + " " + command.name);
  text += " [" + italic("OPTION...") + "]";
  for (const OptionEntry& positional : command.positionals) text += " " + italic(usage_of(positional));
  return text + "\n.PP\n" + for_troff(command.about) + ".\n" + items(command.positionals) +
         items(own_options(command));
}

constexpr const char* kEnd = R"(.SH EXIT STATUS
.TP
.B 0
success
.TP
.B 1
an error, or audio that was not heard; one line on standard error says what failed, why, and how to fix it
.TP
.B 2
the command line is wrong
.TP
.B 130
Ctrl\-C ended playing or measuring; a recording that Ctrl\-C ends has 0
.SH ENVIRONMENT
.TP
.B REFWAVE_CONFIG
a configuration file in place of the usual one; empty: none
.TP
.B REFWAVE_LOG
a file to which the driver appends its decisions and their reasons
.TP
.B COLUMNS
the width of help and reports
.SH FILES
.TP
.I ~/.config/refwave/refwave.toml
the configuration of refwave.drv; \fBrefwave config\fR prints all keys
.TP
.I ~/.config/refwave/system.ini
the wave drivers that libwinmm loads
.SH EXAMPLES
.TP
.B refwave play voice.wav music.flac
plays two files
.TP
.B refwave record \- \-s 5 | refwave play \-
records five seconds and plays them
.TP
.B refwave latency \-\-json before.json
measures buffer\-done latency, and keeps all figures
.TP
.B refwave latency \-\-compare before.json after.json
says whether the second measurement is worse, by its exit status too
.TP
.B refwave conform other.drv
checks another wave driver against the contract
)";

}  // namespace

std::string man_page(const CommandTable& table, std::string_view version) {
  const std::string& program = table.own.name;
  std::string text = ".\\\" -*- coding: UTF-8 -*-\n.TH REFWAVE 1 \"\" \"refwave " + std::string(version) +
                     "\" \"User Commands\"\n.SH NAME\n" + program + " \\- " + for_troff(table.own.about) +
                     "\n.SH SYNOPSIS\n" + bold(program) + " " + italic("COMMAND") + " [" +
                     italic("OPTION...") + "]\n.SH OPTIONS\n" + items(table.own.options) + ".SH COMMANDS\n";
  for (const CommandEntry& command : table.commands) text += section_of(table, command);
  return text + kEnd;
}

}  // namespace refwave::cli
