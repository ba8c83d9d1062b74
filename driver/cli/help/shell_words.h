// Facts about an option's value that both shells' scripts need: whether the value is a file, or a word that a
// command lists. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "driver/cli/console/text.h"
#include "driver/cli/help/command_table.h"

namespace refwave::cli {

/// A kind of value that refwave itself lists. zsh's script has a function `_refwave_<name>` for each kind.
struct ListedValue {
  std::string_view value;    // the value's name in the help: "DEVICE"
  std::string_view name;     // "devices"
  std::string_view command;  // prints all words, one a line
};
inline constexpr ListedValue kListedValues[] = {
    {"COMMAND", "names",
     "refwave help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \\([a-z]\\{1,\\}\\).*/\\1/p'"},
    {"DEVICE", "devices", "refwave devices --names 2>/dev/null"},
    {"KEY=VALUE", "keys", "refwave config 2>/dev/null | sed -n 's/^#\\([a-z_]*\\) = .*/\\1=/p'"},
    {"RULE", "rules",
     "refwave conform --list 2>/dev/null | sed -n 's/^\\([A-Za-z_]*\\.[A-Za-z_0-9]*\\).*/\\1/p'"},
};

/// Returns: the kind of the option's value; null if refwave does not list such values.
inline const ListedValue* listed(const OptionEntry& option) {
  for (const ListedValue& value : kListedValues)
    if (value.value == option.value) return &value;
  return nullptr;
}

inline bool is_file(const OptionEntry& option) { return option.value == "FILE" || option.value == "FOLDER"; }

/// Returns: `text` in single quotes.
inline std::string shell_quoted(std::string_view text) {
  return "'" + escaped(text, {{'\'', "'\\''"}}) + "'";
}

}  // namespace refwave::cli
