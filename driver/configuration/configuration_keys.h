// The table of keys: one entry for each setting. Parsing, warnings and documentation follow from it. Only
// the files configuration_*.cpp use this header; all others use configuration.h. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "driver/configuration/configuration.h"
#include "hal/system/status.h"

namespace refwave::configuration {

/// Which numbers a key takes: from `least` to `most`, and 0 in addition where zero has a meaning of its
/// own.
struct Range {
  double least = 0;
  double most = 0;
  std::string_view unit;
  enum class Zero : std::uint8_t { as_any, extra } zero = Zero::as_any;
  enum class Shape : std::uint8_t { any, power_of_two } shape = Shape::any;
};

/// A whole number.
struct Integer {
  std::uint32_t Configuration::*field;
  Range range;
};
/// A number with a fraction.
struct Number {
  double Configuration::*field;
  Range range;
};
/// True or false.
struct Switch {
  bool Configuration::*field;
};
/// Any text; `what` says what it stands for.
struct Text {
  std::string Configuration::*field;
  std::string_view what;
};
/// A list of names, at most `most`.
struct Names {
  std::vector<std::string> Configuration::*field;
  std::size_t most;
  std::string_view what;
};
/// An enumeration: its values' names in their order.
struct Choice {
  std::span<const std::string_view> names;
  void (*set)(Configuration&, std::size_t index);
  std::size_t (*get)(const Configuration&);
};

/// A key of the configuration: its name, where its value is kept, and its help.
struct Key {
  std::string_view name;
  std::variant<Integer, Number, Switch, Text, Names, Choice> type;
  std::string_view help;  // one line
};

/// A value as the user wrote it, in a form that both syntaxes share.
struct Value {
  std::vector<std::string> items;  // one, but for lists; none where the syntax has a value that no key takes
  bool is_list = false;
  std::string found;  // for a warning
};

std::span<const Key> keys();

/// Effects: sets `name` in `parsed` to `value`. If that is not possible, adds a warning that begins with
/// `where`, and leaves the setting unchanged.
void set_key(Parsed& parsed, std::string_view name, const Value& value, std::string_view where);

/// Returns: what `key` takes, as a warning and the table say it: "16 to 16384 frames", "deferred or direct".
std::string expected(const Key& key);

/// Returns: the value of `key` in `configuration` as TOML: `480`, `"deferred"`, `["default"]`.
std::string as_toml(const Key& key, const Configuration& configuration);

/// Returns: `text` as a string of TOML.
std::string toml_string(std::string_view text);

/// What is in a configuration file.
struct FileText {
  hal::Status status;  // of reading it; a success if there is no file
  std::string text;
  bool exists = false;
};
FileText read_file(const std::string& path);

/// Returns: whether whoever may write the user's refwave.toml may write wherever this process may. An
/// elevated process on Windows may write where its user's other programs may not. One source file for each
/// system has it.
bool may_name_files();

/// Effects: takes back the files that `parsed` would have this process write, and says so.
void leave_files_alone(Parsed& parsed, const Configuration& base, std::string_view source_name);

/// Returns: `text` on one line and at most about `longest` bytes. Control characters, which a terminal
/// would obey, are made visible.
std::string printable(std::string_view text, std::size_t longest = 60);

}  // namespace refwave::configuration
