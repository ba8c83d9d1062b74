#include "driver/cli/console/letters.h"

#include <charconv>
#include <cstdlib>
#include <cstring>

namespace refwave::cli {

std::size_t columns_wanted(std::size_t shown) {
  constexpr std::size_t kFewest = 40;
  if (const char* text = std::getenv("COLUMNS")) {
    std::size_t columns = 0;
    const char* end = text + std::strlen(text);
    if (std::from_chars(text, end, columns).ptr == end && columns > 0) shown = columns;
  }
  return std::max(shown, kFewest);
}

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent, std::size_t used) {
  std::string result;
  bool is_first = true;  // of its line
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const std::size_t letters = letters_of(word);
    if (!is_first && used + 1 + letters > columns) {
      result += '\n' + std::string(indent, ' ');
      used = indent;
      is_first = true;
    }
    result.append(is_first ? "" : " ").append(word);
    used += letters + (is_first ? 0 : 1);
    is_first = false;
  }
  return result + '\n';
}

}  // namespace refwave::cli
