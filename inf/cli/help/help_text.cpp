#include "inf/cli/help/help_text.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "driver/configuration/nearest_name.h"
#include "inf/cli/console/text.h"

namespace refwave::cli {
namespace {

constexpr std::size_t kNarrow = 60;  // with fewer columns the text stands below its term
constexpr std::size_t kTerm = 25;

std::vector<const CLI::App*> commands_of(const CLI::App& program) {
  return program.get_subcommands([](const CLI::App*) { return true; });
}

/// Returns: the options that the help shows: the positional ones, or the others.
std::vector<const CLI::Option*> options_of(const CLI::App& app, bool is_positional) {
  return app.get_options([=](const CLI::Option* option) {
    return !option->get_group().empty() && option->get_positional() == is_positional;
  });
}

/// Returns: "-d", "--device".
std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

/// Returns: the value's name, without the validators' description that CLI11 appends.
std::string value_name(const CLI::Option& option) {
  if (option.get_type_size() == 0) return {};
  const std::string type = option.get_type_name();
  const std::string name = type.substr(0, type.find(':'));
  if (name == "TEXT") return "WORD";
  return name == "UINT" || name == "INT" || name == "FLOAT" ? "N" : name;
}

/// Returns: a positional argument as the line of usage shows it: "FILE...", "[COMMAND]".
std::string usage_of(const CLI::Option& positional) {
  const bool repeats = positional.get_expected_max() >= CLI::detail::expected_max_vector_size;
  const std::string name = positional.get_name(true, false) + (repeats ? "..." : "");
  return positional.get_required() ? name : "[" + name + "]";
}

/// Returns: "-d, --device NAME".
std::string term_of(const CLI::Option& option) {
  if (option.get_positional()) return usage_of(option);
  const std::string names = CLI::detail::join(names_of(option), ", ");
  const std::string value = value_name(option);
  const std::string term = (names.starts_with("--") ? "    " : "") + names;
  if (value.empty()) return term;
  return term + (option.get_expected_min() == 0 ? " [" + value + "]" : " " + value);
}

/// Returns: the words or the range of the validators' description ("{park,spin}", "INT in [1 - 8]") as the
/// end of a sentence: ": park or spin", ": 1 to 8".
std::string limits_of(const CLI::Option& option) {
  const std::string description = option.get_type_name();
  const auto between = [&](std::size_t begin, char end) {
    return description.substr(begin, description.find(end, begin) - begin);
  };
  if (const std::size_t brace = description.find('{'); brace != std::string::npos) {
    std::string words = between(brace + 1, '}');
    if (const std::size_t last = words.rfind(','); last != std::string::npos) words.replace(last, 1, " or ");
    return ": " + CLI::detail::find_and_replace(words, ",", ", ");
  }
  const std::size_t bracket = description.find(" in [");
  return bracket == std::string::npos
             ? ""
             : ": " + CLI::detail::find_and_replace(between(bracket + 5, ']'), " - ", " to ");
}

/// Returns: "  term     text". All lines of the text begin in the same column.
std::string item(const std::string& term, const std::string& text, std::size_t columns) {
  const std::size_t indent = columns < kNarrow ? 6 : kTerm;
  std::string line = "  " + term;
  if (text.empty()) return line + '\n';
  const bool is_beside = columns >= kNarrow && letters_of(line) + 2 <= indent;
  line = is_beside ? left(line, indent) : line + '\n' + std::string(indent, ' ');
  return line + wrapped(text, columns, indent, indent);
}

std::string items(const std::string& title, const std::vector<const CLI::Option*>& options,
                  std::size_t columns) {
  std::string text = options.empty() ? "" : '\n' + title + ":\n";
  for (const CLI::Option* option : options) {
    const std::string usual = option->get_default_str();
    const std::string sentence = option->get_description() + limits_of(*option);
    text +=
        item(term_of(*option), usual.empty() ? sentence : sentence + " [default: " + usual + "]", columns);
  }
  return text;
}

}  // namespace

std::string help_text(const CLI::App& program, std::size_t columns) {
  const std::string name = program.get_name();
  std::string text = wrapped(name + ": " + program.get_description(), columns);
  text += "\nUsage: " + name + " COMMAND [OPTION...]\n\nCommands:\n";
  for (const CLI::App* command : commands_of(program))
    text += item(command->get_name(), command->get_description(), columns);
  text += items("Options", options_of(program, false), columns);
  return text + '\n' + wrapped("`" + name + " help COMMAND` prints the options of one command.", columns);
}

std::string help_text(const CLI::App& program, const CLI::App& command, std::size_t columns) {
  const auto positionals = options_of(command, true);
  const auto options = options_of(command, false);
  std::string usage = "Usage: " + program.get_name() + " " + command.get_name() + " [OPTION...]";
  for (const CLI::Option* positional : positionals) usage += " " + usage_of(*positional);
  std::string text = wrapped(command.get_description(), columns) + '\n' + wrapped(usage, columns, 7);
  for (const CLI::Option* option : options)
    if (option->get_required()) text += wrapped(names_of(*option).back() + " is required.", columns);
  return text + items("Arguments", positionals, columns) + items("Options", options, columns);
}

const CLI::App* command_named(const CLI::App& program, const std::string& name) {
  const auto commands = commands_of(program);
  const auto found = std::ranges::find(commands, name, &CLI::App::get_name);
  return found == commands.end() ? nullptr : *found;
}

std::string meant_by(std::string_view word, const std::vector<std::string>& known) {
  const auto begins = [&](const std::string& name) { return !word.empty() && name.starts_with(word); };
  if (std::ranges::count_if(known, begins) == 1) return *std::ranges::find_if(known, begins);
  if (word.size() <= 2) return {};  // so short a word is near to many
  const std::vector<std::string_view> views(known.begin(), known.end());
  return std::string(configuration::nearest_name(word, views));
}

std::string wrong_word(const CLI::App& program, const CLI::App* command, const std::string& word) {
  const bool is_option = word.size() > 1 && word.starts_with('-');
  const std::string name = word.substr(0, is_option ? word.find('=') : std::string::npos);
  const std::string where = command != nullptr ? command->get_name() + ": " : "";
  const std::string list =
      "`" + program.get_name() + " help" + (command != nullptr ? " " + command->get_name() : "") + "`";
  if (command != nullptr && !is_option)
    return where + "unexpected argument: " + word + "; " + list + " shows what it takes";
  std::vector<std::string> known;
  if (is_option) {
    for (const CLI::Option* option : options_of(command != nullptr ? *command : program, false))
      std::ranges::move(names_of(*option), std::back_inserter(known));
  } else {
    for (const CLI::App* each : commands_of(program)) known.push_back(each->get_name());
  }
  const std::string meant = meant_by(name, known);
  return where + (is_option ? "no such option: " : "no such command: ") + name + "; " +
         (meant.empty() ? list + " lists what there is" : "did you mean " + meant + "?");
}

}  // namespace refwave::cli
