#include "driver/cli/console/file_name.h"

namespace refwave::cli {

std::string correct_windows_name(std::string& name) {
  const std::size_t last = name.find_last_not_of(' ');
  if (last != std::string::npos && name[last] == '"') name.erase(last);
  if (name.find_first_not_of(' ') == std::string::npos) return "the name is empty";
  const std::size_t quote = name.find('"');
  if (quote == std::string::npos) return {};
  // Windows takes \" for a quote that belongs to the name.
  const std::string before = name.substr(0, name.find_last_not_of("\\\"", quote) + 1);
  return "the name contains a quote, and what was written after it: " + name +
         "; a backslash before the closing quote does that; write \"" + before + "\"";
}

}  // namespace refwave::cli
