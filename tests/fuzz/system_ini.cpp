#include "inf/host/installable/system_ini.h"

#include <algorithm>

#include "inf/host/text.h"
#include "tests/fuzz/targets.h"

namespace refwave::fuzz {
namespace {

void take(const host::IniFile& file, const host::IniEntry& entry, int last_line) {
  require(!entry.section.empty() && !entry.key.empty(), "an entry has a section and a key");
  require(entry.line > 0 && entry.line <= last_line, "an entry names its line");
  require(entry.value.find('\n') == std::string::npos, "a value is one line");
  const host::IniEntry* found = file.find(entry.section, entry.key);
  require(found != nullptr && found->line <= entry.line, "an entry is found, the first of its name");
  if (const auto command = host::parse_driver_command(entry.value))
    require(!command->file.empty(), "a command has a file name");
}

}  // namespace

void system_ini(Bytes input) {
  const std::string_view text = text_of(input);
  const host::IniFile file = host::parse_ini(text);
  const auto lines = static_cast<int>(std::ranges::count(text, '\n')) + 1;
  for (const host::IniEntry& entry : file.entries) take(file, entry, lines);
  for (const host::IniProblem& problem : file.problems)
    require(problem.line > 0 && problem.line <= lines, "a problem names its line");

  const host::WideText wide = host::to_utf16(text);
  const std::string fixed = host::to_utf8(wide);
  require(host::to_utf16(fixed) == wide, "what was made UTF-8 stays as it is");
}

}  // namespace refwave::fuzz
