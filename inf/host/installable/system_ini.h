// A SYSTEM.INI-style file in UTF-8: [sections] of key=value lines, and comment lines that begin with ';'. A
// driver's value is a file name, quoted if it has spaces, and a parameter string.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refwave::host {

struct IniEntry {
  std::string section;  // lower case
  std::string key;      // lower case
  std::string value;    // without the white space around it
  int line = 0;
};

struct IniProblem {
  std::string text;
  int line = 0;
};

struct IniFile {
  std::vector<IniEntry> entries;
  std::vector<IniProblem> problems;  // lines that were skipped

  /// Returns: the first such entry, in any case; null if there is none.
  const IniEntry* find(std::string_view section, std::string_view key) const;
};

/// Returns: the file's entries; nothing if it cannot be read.
std::optional<IniFile> read_ini(const std::string& path);

struct DriverCommand {
  std::string file;
  std::string parameters;
};

/// Returns: nothing if there is no file name or its closing quote is missing.
std::optional<DriverCommand> parse_driver_command(std::string_view value);

}  // namespace refwave::host
