#include "driver/cli/help/commands.h"

#include <cstdio>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/platform.h"
#include "driver/cli/help/help_text.h"
#include "driver/cli/help/man_page.h"
#include "driver/cli/help/shells.h"
#include "driver/configuration/version.h"

namespace refwave::cli {
namespace {

constexpr std::size_t kMostColumns = 100;  // longer lines are hard to read

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }

std::size_t columns() { return std::min(terminal_columns(), kMostColumns); }

int help(const CLI::App& app, const std::string& name) {
  const CommandTable table = table_of(app);
  if (name.empty()) return print(help_text(table, columns())), 0;
  const CommandEntry* command = table.find(name);
  if (command == nullptr) throw Failure(wrong_word(table, nullptr, name), kUsage);
  return print(help_text(table, *command, columns())), 0;
}

/// Returns: the first word of the line that neither `app` nor a command of it takes; an option before other
/// words.
std::string stranger(const CLI::App& app) {
  const std::vector<std::string> words = app.remaining();
  for (const std::string& word : words)
    if (word.starts_with('-')) return word;
  return words.empty() ? "" : words.front();
}

CLI::Validator shell_name() {
  return {[](std::string& text) {
            return text == "bash" || text == "zsh" ? std::string() : text + " is not one of bash, zsh";
          },
          "{bash,zsh}"};
}

const CLI::App* named_command(const CLI::App& app) {
  const auto named = app.get_subcommands();
  return named.empty() ? nullptr : named.front();
}

/// Returns: "1 to 8", where newer releases of CLI11 write "[1 - 8]".
std::string plain_range(std::string text) {
  const std::size_t dash = text.find(" - ");
  if (!text.starts_with('[') || !text.ends_with(']') || dash == std::string::npos) return text;
  text.replace(dash, 3, " to ");
  return text.substr(1, text.size() - 2);
}

/// Returns: CLI11's text, without its own names for types.
std::string problem_of(const CLI::ParseError& error) {
  std::string text = error.what();
  const std::string name = text.substr(0, text.find(": "));
  if (text.starts_with(name + ": 1 required ")) return name + " needs a value";
  if (text.starts_with(name + ": At least 2 required ")) return name + " needs two values";
  const std::size_t range = text.find(" not in range ");
  const std::size_t value = text.find("Value ");
  if (range == std::string::npos || value == std::string::npos) return text;
  return text.substr(0, value) + text.substr(value + 6, range - value - 6) + " is not in the range " +
         plain_range(text.substr(range + 14));
}

}  // namespace

void add_help_commands(CLI::App& app, std::function<int()>& run) {
  app.set_version_flag("-V,--version", "refwave " + std::string(configuration::version()),
                       "Print the version");
  CLI::App* command = app.add_subcommand("help", "Print a command's purpose and its options");
  const auto name = std::make_shared<std::string>();
  command->add_option("COMMAND", *name, "The command; without it, the list of commands")
      ->type_name("COMMAND");
  command->callback([&app, &run, name] { run = [&app, name] { return help(app, *name); }; });

  command = app.add_subcommand("completion", "Print the script by which a shell completes this command");
  const auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "The shell")->required()->check(shell_name());
  command->callback([&app, &run, shell] {
    run = [&app, shell] {
      const CommandTable table = table_of(app);
      return print(*shell == "bash" ? bash_completion(table) : zsh_completion(table)), 0;
    };
  });

  app.add_subcommand("man", "Print the manual page; `refwave man | man -l -` shows it")->callback([&] {
    run = [&app] { return print(man_page(table_of(app), configuration::version())), 0; };
  });
}

void print_help(const CLI::App& app) {
  const CLI::App* command = named_command(app);
  help(app, command == nullptr ? "" : command->get_name());
}

std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  const CommandTable table = table_of(app);
  const CLI::App* named = named_command(app);
  const std::string early = stranger(app);
  if (!early.empty() && (named == nullptr || !early.starts_with('-')))
    return wrong_word(table, nullptr, early);
  if (!early.empty())
    return early + ": stands before the command; write it after `" + named->get_name() + "`";
  if (named == nullptr) return "a command is missing; `refwave help` lists them";
  if (!stranger(*named).empty()) return wrong_word(table, table.find(named->get_name()), stranger(*named));
  const std::string problem = named->get_name() + ": " + problem_of(error);
  const bool has_remedy = problem.find("; ") != std::string::npos;
  return problem + (has_remedy ? "" : "; `refwave help " + named->get_name() + "` lists what there is");
}

}  // namespace refwave::cli
