#include "driver/cli/help/command_table.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace refwave::cli {
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

}  // namespace refwave::cli
