// The command line. Each subcommand's own source declares its arguments and what it runs. CLI11 parses the
// line; only help/ includes it, because it adds seconds to a compilation. Main thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace refwave::cli {

/// What a line runs once all of it is parsed. Returns: the exit status. Throws: Failure.
using Run = std::function<int()>;

/// An option or a positional argument. Each function restricts its value, and returns it.
class Argument {
 public:
  explicit Argument(CLI::Option* option) : option_(option) {}

  /// `name`: what the help calls the value.
  Argument value(const char* name) const;
  /// An empty name is refused.
  Argument file() const;
  /// The same by Windows' rules, for a folder or a program.
  Argument folder() const;
  Argument one_of(const std::vector<std::string>& words) const;
  Argument range(int least, int most) const;
  /// The same, for a number with a fraction.
  Argument finite(double least, double most) const;
  /// Turns "1:30" into seconds.
  Argument clock_time() const;
  Argument required() const;
  Argument shows_default() const;
  Argument repeats() const;
  Argument takes(int fewest, int most) const;
  Argument needs(const char* other) const;
  Argument excludes(const std::vector<Argument>& others) const;
  /// Effects: no help shows it.
  Argument hidden() const;
  Argument about(const char* text) const;

  bool is_given() const;

 private:
  Argument within(const char* type, double least, double most) const;

  CLI::Option* option_;
};

/// The subcommand that takes another program's arguments.
struct Program {
  std::string subcommand;
  std::vector<std::string>* words = nullptr;
};

class Subcommand {
 public:
  Subcommand(CLI::App& app, Run& run, Program& program) : app_(app), run_(run), program_(program) {}

  /// `names`: "-d,--device", or a word for a positional argument. `value` must outlive the line.
  template <typename Value>
  Argument option(const char* names, Value& value, const char* about) const;
  Argument flag(const char* names, bool& value, const char* about) const;
  /// --json [FILE]; `value` is "-" without FILE.
  void json_file(std::string& value) const;
  /// Returns: an option that was added before.
  Argument operator[](const char* name) const;
  /// Returns: those that were added before.
  std::vector<Argument> all() const;
  /// A program and its arguments, as positional arguments or verbatim after --.
  void program(std::vector<std::string>& words, const char* about) const;
  void runs(Run run) const;

 private:
  CLI::App& app_;
  Run& run_;
  Program& program_;
};

class CommandLine {
 public:
  CommandLine(const char* about, const char* name);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  Subcommand add(const char* name, const std::string& about);
  /// Effects: adds `help`, and runs the subcommand that the line names. `words`: without the command's own
  /// name. Returns: the exit status. Throws: Failure, also for a line that is wrong.
  int run(std::vector<std::string> words);

 private:
  void add_help();

  std::unique_ptr<CLI::App> app_;
  Run run_;
  Program program_;
};

}  // namespace refwave::cli
