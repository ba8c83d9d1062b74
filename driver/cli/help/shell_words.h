// What both shells' scripts need to know of a value: whether it is one of certain words, which command lists
// them, or a file. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "driver/cli/help/command_table.h"

namespace refwave::cli {

/// A kind of value that refwave itself lists; both shells have a function `_refwave_<name>` for each.
struct ListedValue {
  std::string_view value;    // as the help calls it: "DEVICE"
  std::string_view name;     // "devices"
  std::string_view command;  // prints one a line
};
inline constexpr ListedValue kListedValues[] = {
    {"COMMAND", "names",
     "refwave help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \\([a-z]\\{1,\\}\\).*/\\1/p'"},
    {"DEVICE", "devices", "refwave devices --names 2>/dev/null"},
    {"KEY=VALUE", "keys", "refwave config 2>/dev/null | sed -n 's/^#\\([a-z_]*\\) = .*/\\1=/p'"},
    {"RULE", "rules",
     "refwave conform --list 2>/dev/null | sed -n 's/^\\([A-Za-z_]*\\.[A-Za-z_0-9]*\\).*/\\1/p'"},
};

/// Returns: null for a value that refwave does not list.
inline const ListedValue* listed(const OptionEntry& option) {
  for (const ListedValue& value : kListedValues)
    if (value.value == option.value) return &value;
  return nullptr;
}

inline bool is_file(const OptionEntry& option) { return option.value == "FILE" || option.value == "FOLDER"; }

/// Returns: `text` in single quotes.
inline std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
  return result + "'";
}

}  // namespace refwave::cli
