// A SYSTEM.INI-style file: [sections] of key=value lines, with ';' at the beginning of a comment line, in
// UTF-8, with LF or CRLF. Some values name drivers: a file name, in quotes if it has spaces, and after it
// the driver's parameter string.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refwave::host {

/// A line `key = value`, and its section.
struct IniEntry {
  std::string section;  // lower case
  std::string key;      // lower case
  std::string value;    // without the white space around it
  int line = 0;
};

/// A line that is no INI.
struct IniProblem {
  std::string text;
  int line = 0;
};

/// The lines of an INI file.
struct IniFile {
  std::vector<IniEntry> entries;
  std::vector<IniProblem> problems;  // lines that are none of the above; they are skipped

  /// Returns: the first entry of that name, in any case; null if there is none.
  const IniEntry* find(std::string_view section, std::string_view key) const;
};

IniFile parse_ini(std::string_view text);

/// Returns: the file's entries; nothing if it cannot be read.
std::optional<IniFile> read_ini(const std::string& path);

/// The value of a driver's entry, taken apart.
struct DriverCommand {
  std::string file;
  std::string parameters;
};

/// Returns: nothing if there is no file name or its closing quote is missing.
std::optional<DriverCommand> parse_driver_command(std::string_view value);

}  // namespace refwave::host
