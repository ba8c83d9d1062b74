// The command line. Each subcommand's own source says what it takes and what it runs. CLI11, which reads the
// line, is included in help/ alone, because a source that includes it takes seconds more to compile. Main
// thread.
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

/// What a line runs after the whole of it was understood. Returns: the exit status. Throws: Failure.
using Run = std::function<int()>;

/// An option or a positional argument. Each function narrows what it takes, and returns it.
class Argument {
 public:
  explicit Argument(CLI::Option* option) : option_(option) {}

  /// `name`: what the help calls the value.
  Argument value(const char* name) const;
  /// An empty name is refused, because it would mean that no name was given.
  Argument file() const;
  /// The same by Windows' rules, of a folder or a program.
  Argument folder() const;
  Argument one_of(const std::vector<std::string>& words) const;
  Argument range(int least, int most) const;
  /// The same, for a number with a fraction.
  Argument finite(double least, double most) const;
  /// Turns "1:30" into seconds.
  Argument clock_time() const;
  Argument required() const;
  Argument shows_default() const;
  /// Each time the option is given, it takes one value more.
  Argument repeats() const;
  Argument takes(int fewest, int most) const;
  Argument needs(const char* other) const;
  Argument excludes(const std::vector<Argument>& others) const;
  /// Effects: no help shows it.
  Argument hidden() const;
  Argument about(const char* text) const;

  bool is_given() const;

 private:
  CLI::Option* option_;
};

/// The subcommand that takes another program's words.
struct Program {
  std::string subcommand;
  std::vector<std::string>* words = nullptr;
};

/// A subcommand whose arguments are declared.
class Subcommand {
 public:
  Subcommand(CLI::App& app, Run& run, Program& program) : app_(app), run_(run), program_(program) {}

  /// `names`: "-d,--device", or a word for a positional argument. `value` must live as long as the line; it
  /// is a text, a list of texts, or a number.
  template <typename Value>
  Argument option(const char* names, Value& value, const char* about) const;
  Argument flag(const char* names, bool& value, const char* about) const;
  /// Effects: the subcommand takes --json; `value` is "-" where it lacks its file.
  void json_file(std::string& value) const;
  /// Returns: an option that was added before.
  Argument operator[](const char* name) const;
  /// Returns: those that were added before.
  std::vector<Argument> all() const;
  /// Effects: a program and its arguments may come as its positional arguments, or, each as it is, after --.
  void program(std::vector<std::string>& words, const char* about) const;
  /// Effects: a line that names this subcommand runs `run`.
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
  /// Effects: adds help, completion and man, and runs the subcommand that the line names. `words`: without
  /// the command's own name. Returns: the exit status. Throws: Failure, also for a line that nobody
  /// understands.
  int run(std::vector<std::string> words);

 private:
  void add_help();

  std::unique_ptr<CLI::App> app_;
  Run run_;
  Program program_;
};

}  // namespace refwave::cli
