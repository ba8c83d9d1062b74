// The table of keys, from which parsing, warnings and documentation follow. Private to configuration_*.cpp.
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

/// `extra`: 0 has a meaning of its own.
struct Range {
  double least = 0;
  double most = 0;
  std::string_view unit;
  enum class Zero : std::uint8_t { as_any, extra } zero = Zero::as_any;
  enum class Shape : std::uint8_t { any, power_of_two } shape = Shape::any;
};

/// A key that takes a whole number.
struct Integer {
  std::uint32_t Configuration::*field;
  Range range;
};
/// A key that takes a fraction, too.
struct Number {
  double Configuration::*field;
  Range range;
};
/// A key that takes true or false.
struct Switch {
  bool Configuration::*field;
};
/// Any text; `what` names its meaning.
struct Text {
  std::string Configuration::*field;
  std::string_view what;
};
/// A list of at most `most` names.
struct Names {
  std::vector<std::string> Configuration::*field;
  std::size_t most;
  std::string_view what;
};
/// An enumeration: the names of its values, in order.
struct Choice {
  std::span<const std::string_view> names;
  void (*set)(Configuration&, std::size_t index);
  std::size_t (*get)(const Configuration&);
};

/// A key with its type and its line of help.
struct Key {
  std::string_view name;
  std::variant<Integer, Number, Switch, Text, Names, Choice> type;
  std::string_view help;  // one line
};

/// A value as the user wrote it, in either syntax.
struct Value {
  std::vector<std::string> items;  // one, but for lists; none where the syntax has a value that no key takes
  bool is_list = false;
  std::string found;  // for a warning
};

std::span<const Key> keys();

/// Effects: sets `name` in `parsed` to `value`, or adds a warning that begins with `where`.
void set_key(Parsed& parsed, std::string_view name, const Value& value, std::string_view where);

/// Returns: what `key` takes: "16 to 16384 frames", "deferred or direct".
std::string expected(const Key& key);

/// Returns: its value: `480`, `"deferred"`, `["default"]`.
std::string as_toml(const Key& key, const Configuration& configuration);

std::string toml_string(std::string_view text);

/// What a configuration file holds.
struct FileText {
  hal::Status status;  // of reading it; a success if there is no file
  std::string text;
  bool exists = false;
};
FileText read_file(const std::string& path);

/// Returns: the folder of this process's program, with a separator; empty if no refwave.toml there is read.
std::string program_folder();

/// Returns: whether more than administrators and the system may write what has this descriptor. Windows only.
bool may_others_write(void* security_descriptor);

/// Returns: whether refwave.toml may name files to be written: not for an elevated process on Windows.
bool may_name_files();

/// Effects: resets the files that `parsed` names, with warnings.
void leave_files_alone(Parsed& parsed, const Configuration& base, std::string_view source_name);

/// Returns: hal::visible() of the first `longest` bytes.
std::string printable(std::string_view text, std::size_t longest = 60);

}  // namespace refwave::configuration
