#include "tests/rules/symbols.h"

#include <cxxabi.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <regex>
#include <sstream>
#include <stdexcept>

#include "tests/support/shell.h"

namespace refwave::test {
namespace {

/// Returns: what this command says of the file. Throws if it fails or says nothing.
std::istringstream output_of(const std::string& command, const std::string& file) {
  int status = 0;
  const std::string text = text_of(command + " '" + file + "'", &status);
  if (status != 0 || text.empty()) throw std::runtime_error(command + " " + file + " failed");
  return std::istringstream(text);
}

/// Returns: the symbol in one of nm's plain lines ("address type symbol", or "type symbol" if it is
/// undefined).
std::string symbol_of(const std::string& line) {
  const std::size_t type = line.find_first_not_of(" 0123456789abcdef");
  return type == std::string::npos || type + 2 > line.size() ? std::string{} : line.substr(type + 2);
}

/// Returns: the function in this section, demangled; kTables for data; the section's name if it is not one
/// function's; empty for what only debuggers and exceptions read.
std::string function_of(const std::string& section) {
  for (const char* none : {".debug", ".eh_frame", ".gcc_except_table", ".note"})
    if (section.starts_with(none)) return {};
  if (!section.starts_with(".text")) return kTables;
  const std::size_t name = section.find("._Z");
  if (name == std::string::npos) return section;
  // Of a function that the compiler has split or cloned: before ".cold", ".part.0" and the like.
  const std::string mangled = section.substr(name + 1, section.find('.', name + 1) - name - 1);
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> demangled(
      abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status), std::free);
  return demangled ? demangled.get() : mangled;
}

/// Returns: the symbol in "OFFSET TYPE SYMBOL+0x1", or the function of the section in its place; empty if
/// that is data or a local label.
std::string relocated_symbol(const std::string& line) {
  std::istringstream words(line);
  std::string offset;
  std::string type;
  std::string symbol;
  words >> offset >> type >> std::ws;
  std::getline(words, symbol);
  static const std::regex addend("[-+]0x[0-9a-f]+$");
  symbol = std::regex_replace(symbol, addend, "");
  if (symbol.starts_with(".text")) return function_of(symbol);
  return symbol.starts_with(".") ? std::string{} : symbol;
}

/// Returns: for each object of a library the symbols that `nm` tells with these options.
std::map<std::string, Symbols> symbols_by_object(const std::string& options, const std::string& file) {
  std::map<std::string, Symbols> objects;
  std::istringstream lines = output_of("nm --demangle " + options, file);
  Symbols* current = &objects[std::filesystem::path(file).filename()];
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with(".o:")) {
      current = &objects[line.substr(0, line.size() - 1)];
    } else if (!line.empty()) {
      current->insert(symbol_of(line));
    }
  }
  return objects;
}

}  // namespace

bool is_ours(const std::string& symbol) { return symbol.find("refwave::") != std::string::npos; }

std::map<std::string, Functions> wanted_by_function(const std::string& file) {
  std::map<std::string, Functions> objects;
  auto imported = symbols_by_object("--undefined-only", file);
  // Those that refer to nothing, too.
  for (const auto& [name, functions] : symbols_by_object("--defined-only --extern-only", file))
    for (const std::string& function : functions)
      if (function.ends_with(")")) objects[name][function];
  std::istringstream lines = output_of(OBJDUMP " --reloc --demangle", file);
  Functions* object = nullptr;
  const Symbols* wanted = nullptr;
  std::string function;
  for (std::string line; std::getline(lines, line);) {
    if (const std::size_t end = line.find(":     file format"); end != std::string::npos) {
      const std::string name = std::filesystem::path(line.substr(0, end)).filename();
      object = &objects[name];
      wanted = &imported[name];
    } else if (line.starts_with("RELOCATION RECORDS")) {
      const std::size_t begin = line.find('[') + 1;
      function = function_of(line.substr(begin, line.find(']') - begin));
      if (object != nullptr && !function.empty()) (*object)[function];
    } else if (object != nullptr && !function.empty() && !line.empty() && !line.starts_with("OFFSET")) {
      const std::string symbol = relocated_symbol(line);
      if (wanted->contains(symbol) || is_ours(symbol)) (*object)[function].insert(symbol);
    }
  }
  return objects;
}

}  // namespace refwave::test
