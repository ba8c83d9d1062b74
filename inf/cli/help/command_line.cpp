#include "inf/cli/help/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "driver/configuration/version.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/output_file.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"
#include "inf/cli/help/help_text.h"

namespace refwave::cli {
namespace {

/// Effects: moves what follows -- to the program, because CLI11 would split words in brackets, and an option
/// with an optional value would take the --.
void take_program(std::vector<std::string>& words, const Program& program) {
  if (words.empty() || words.front() != program.subcommand) return;
  const auto mark = std::ranges::find(words, "--");
  if (mark == words.end()) return;
  program.words->assign(mark + 1, words.end());
  words.erase(mark, words.end());
}

/// Throws: Failure, for "--name=": CLI11 would take the next word as the value.
void refuse_empty_values(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word.starts_with("--") && word.find('=') == word.size() - 1)
      throw Failure(word + " has no value; write it after the =, or leave the option out", kUsage);
  }
}

constexpr std::size_t kMostColumns = 100;  // longer lines are hard to read

int help(const CLI::App& app, const std::string& name) {
  const std::size_t columns = std::min(terminal_columns(), kMostColumns);
  const CLI::App* command = command_named(app, name);
  if (command == nullptr && !name.empty()) throw Failure(wrong_word(app, nullptr, name), kUsage);
  const std::string text = command == nullptr ? help_text(app, columns) : help_text(app, *command, columns);
  std::fputs(text.c_str(), stdout);
  return 0;
}

/// Returns: the first unknown word of the line; options come first.
std::string stranger(const CLI::App& app) {
  const std::vector<std::string> words = app.remaining();
  for (const std::string& word : words)
    if (word.starts_with('-')) return word;
  return words.empty() ? "" : words.front();
}

const CLI::App* named_command(const CLI::App& app) {
  const auto named = app.get_subcommands();
  return named.empty() ? nullptr : named.front();
}

/// Returns: CLI11's text, without its own names for types.
std::string problem_of(const CLI::ParseError& error) {
  std::string text = error.what();
  const std::string name = text.substr(0, text.find(": "));
  if (text.starts_with(name + ": 1 required ")) return name + " needs a value";
  if (text.starts_with(name + ": At least 2 required ")) return name + " needs two values";
  return text;
}

/// Returns: what is wrong with the line, and how to fix it.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* named = named_command(app);
  const std::string early = stranger(app);
  if (!early.empty() && (named == nullptr || !early.starts_with('-'))) return wrong_word(app, nullptr, early);
  if (!early.empty()) return early + ": is before the command; write it after `" + named->get_name() + "`";
  if (named == nullptr) return "a command is missing; `refwave help` lists them";
  if (!stranger(*named).empty()) return wrong_word(app, named, stranger(*named));
  const std::string problem = named->get_name() + ": " + problem_of(error);
  const bool has_remedy = problem.find("; ") != std::string::npos;
  return problem + (has_remedy ? "" : "; `refwave help " + named->get_name() + "` lists what there is");
}

}  // namespace

Argument Argument::value(const char* name) const { return Argument(option_->type_name(name)); }

Argument Argument::file() const {
  return Argument(option_->transform(CLI::Validator(correct_file_name, ""))->type_name("FILE"));
}

Argument Argument::folder() const {
  return Argument(option_->transform(CLI::Validator(correct_windows_name, ""))->type_name("FOLDER"));
}

// Not CLI::IsMember, which suggests no word.
Argument Argument::one_of(const std::vector<std::string>& words) const {
  return Argument(option_->check(CLI::Validator(
      [=](std::string& text) {
        if (std::ranges::find(words, text) != words.end()) return std::string();
        const std::string meant = meant_by(text, words);
        return text + " is not one of " + CLI::detail::join(words, ", ") +
               (meant.empty() ? "" : "; did you mean " + meant + "?");
      },
      "{" + CLI::detail::join(words, ",") + "}")));
}

// Not CLI::Range, which accepts NaN, and whose text differs between releases.
Argument Argument::within(const char* type, double least, double most) const {
  return Argument(option_->check(CLI::Validator(
      [=](std::string& text) {
        double value = 0;
        const bool fits = CLI::detail::lexical_cast(text, value) && value >= least && value <= most;
        return fits ? std::string() : text + formatted(" is not in the range %.10g to %.10g", least, most);
      },
      formatted("%s in [%.10g - %.10g]", type, least, most))));
}

Argument Argument::range(int least, int most) const { return within("INT", least, most); }

Argument Argument::finite(double least, double most) const { return within("FLOAT", least, most); }

Argument Argument::clock_time() const {
  return Argument(option_->transform(CLI::Validator(
      [](std::string& text) {
        constexpr double kLongest = 1e9;  // 30 years
        const auto seconds = seconds_of(text);
        if (!seconds || *seconds > kLongest)
          return text + " is not a time in a file; write seconds, or minutes:seconds, as 1:30";
        text = formatted("%.6f", *seconds);
        return std::string();
      },
      "")));
}

Argument Argument::required() const { return Argument(option_->required()); }

Argument Argument::shows_default() const { return Argument(option_->capture_default_str()); }

Argument Argument::repeats() const { return Argument(option_->take_all()->allow_extra_args(false)); }

Argument Argument::takes(int fewest, int most) const { return Argument(option_->expected(fewest, most)); }

Argument Argument::needs(const char* other) const { return Argument(option_->needs(other)); }

Argument Argument::excludes(const std::vector<Argument>& others) const {
  for (const Argument& other : others) option_->excludes(other.option_);
  return *this;
}

Argument Argument::hidden() const { return Argument(option_->group("")); }

Argument Argument::about(const char* text) const { return Argument(option_->description(text)); }

bool Argument::is_given() const { return option_->count() != 0; }

template <typename Value>
Argument Subcommand::option(const char* names, Value& value, const char* about) const {
  return Argument(app_.add_option(names, value, about));
}
template Argument Subcommand::option(const char*, std::string&, const char*) const;
template Argument Subcommand::option(const char*, std::vector<std::string>&, const char*) const;
template Argument Subcommand::option(const char*, std::uint16_t&, const char*) const;
template Argument Subcommand::option(const char*, std::uint32_t&, const char*) const;
template Argument Subcommand::option(const char*, unsigned long&, const char*) const;
template Argument Subcommand::option(const char*, double&, const char*) const;

Argument Subcommand::flag(const char* names, bool& value, const char* about) const {
  return Argument(app_.add_flag(names, value, about));
}

void Subcommand::json_file(std::string& value) const {
  const auto take = [&value](const std::string& file) { value = file.empty() ? "-" : file; };
  Argument(app_.add_option_function<std::string>(
               "-j,--json", take, "File for all figures; without FILE, or with -, standard output"))
      .takes(0, 1)
      .file();
}

Argument Subcommand::operator[](const char* name) const { return Argument(app_.get_option(name)); }

std::vector<Argument> Subcommand::all() const {
  std::vector<Argument> all;
  for (CLI::Option* option : app_.get_options())
    if (option != app_.get_help_ptr()) all.emplace_back(option);
  return all;
}

void Subcommand::program(std::vector<std::string>& words, const char* about) const {
  option("PROGRAM", words, about).value("PROGRAM");
  program_ = {app_.get_name(), &words};
}

void Subcommand::runs(Run run) const {
  app_.callback([&chosen = run_, run = std::move(run)] { chosen = run; });
}

CommandLine::CommandLine(const char* about, const char* name)
    : app_(std::make_unique<CLI::App>(about, name)) {
  app_->set_help_flag("-h,--help", "Print this help");
  app_->require_subcommand(1);
  app_->allow_windows_style_options(false);  // "/x" may be the name of a file
}

CommandLine::~CommandLine() = default;

Subcommand CommandLine::add(const char* name, const std::string& about) {
  return {*app_->add_subcommand(name, about), run_, program_};
}

void CommandLine::add_help() {
  app_->set_version_flag("-V,--version", "refwave " + std::string(configuration::version()),
                         "Print the version");
  const auto name = std::make_shared<std::string>();
  const Subcommand help_command = add("help", "Print a command's purpose and its options");
  help_command.option("COMMAND", *name, "The command; without it, the list of commands").value("COMMAND");
  help_command.runs([this, name] { return help(*app_, *name); });
}

int CommandLine::run(std::vector<std::string> words) {
  int status = 0;
  add_help();
  try {
    take_program(words, program_);
    refuse_empty_values(words);
    std::ranges::reverse(words);  // CLI11 takes the words from the end
    app_->parse(std::move(words));
    status = run_();
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) throw Failure(explain(*app_, error), kUsage);
    const CLI::App* named = named_command(*app_);
    if (error.get_name() == "CallForVersion")
      app_->exit(error);
    else
      help(*app_, named == nullptr ? "" : named->get_name());
  }
  finish_standard_output();
  return status;
}

}  // namespace refwave::cli
