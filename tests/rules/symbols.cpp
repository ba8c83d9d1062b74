#include "tests/rules/symbols.h"

#include <sstream>
#include <stdexcept>

#include "tests/support/shell.h"

namespace refwave::test {
namespace {

/// Returns: nm's lines, each "archive:object: symbol type …" in POSIX format. Throws if nm fails or says
/// nothing.
std::istringstream nm(const std::string& options, const std::string& file) {
  int status = 0;
  const std::string text = text_of("nm --demangle " + options + " '" + file + "'", &status);
  if (status != 0 || text.empty()) throw std::runtime_error("nm " + options + " " + file + " failed");
  return std::istringstream(text);
}

std::string without_version(const std::string& symbol) { return symbol.substr(0, symbol.find('@')); }

/// Returns: the symbol in one of nm's plain lines ("address type symbol", or "type symbol" if it is
/// undefined).
std::string symbol_of(const std::string& line) {
  const std::size_t type = line.find_first_not_of(" 0123456789abcdef");
  return type == std::string::npos || type + 2 > line.size() ? std::string{} : line.substr(type + 2);
}

Symbols dynamic_symbols(const std::string& which, const std::string& file) {
  Symbols symbols;
  std::istringstream lines = nm("--dynamic " + which, file);
  for (std::string line; std::getline(lines, line);) symbols.insert(without_version(symbol_of(line)));
  return symbols;
}

}  // namespace

std::map<std::string, Symbols> wanted_by_object(const std::string& file) {
  std::map<std::string, Symbols> objects;
  std::istringstream lines = nm("--undefined-only", file);
  Symbols* current = &objects[file];
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    if (line.ends_with(".o:")) {
      current = &objects[line.substr(0, line.size() - 1)];
    } else {
      current->insert(symbol_of(line));
    }
  }
  if (objects[file].empty()) objects.erase(file);
  return objects;
}

Symbols offered(const std::string& file) { return dynamic_symbols("--defined-only", file); }
Symbols wanted(const std::string& file) { return dynamic_symbols("--undefined-only", file); }

}  // namespace refwave::test
