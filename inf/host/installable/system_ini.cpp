#include "inf/host/installable/system_ini.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "inf/host/text.h"

namespace refwave::host {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

}  // namespace

const IniEntry* IniFile::find(std::string_view section, std::string_view key) const {
  const auto found =
      std::ranges::find_if(entries, [section = lower(section), key = lower(key)](const IniEntry& entry) {
        return entry.section == section && entry.key == key;
      });
  return found == entries.end() ? nullptr : &*found;
}

std::optional<IniFile> read_ini(const std::string& path) {
  std::ifstream file(to_path(path), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) return std::nullopt;
  std::string_view rest = text;
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  IniFile ini;
  std::string section;
  for (int number = 1; !rest.empty(); ++number) {
    const auto end_of_line = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trim(rest.substr(0, end_of_line));
    rest.remove_prefix(std::min(end_of_line + 1, rest.size()));
    const auto skip = [&](const char* why) { ini.problems.push_back({why, number}); };
    if (line.empty() || line.front() == ';') continue;
    if (line.front() == '[') {
      const auto end = line.find(']');
      if (end == std::string_view::npos) {
        skip("a [section] without its ]");
      } else {
        section = lower(trim(line.substr(1, end - 1)));
      }
      continue;
    }
    const auto equals = line.find('=');
    const std::string_view key = trim(line.substr(0, equals));
    if (equals == std::string_view::npos || key.empty()) {
      skip("neither [section] nor key=value");
    } else if (section.empty()) {
      skip("a key before the first [section]");
    } else {
      ini.entries.push_back({section, lower(key), std::string(trim(line.substr(equals + 1))), number});
    }
  }
  return ini;
}

std::optional<DriverCommand> parse_driver_command(std::string_view value) {
  value = trim(value);
  const bool quoted = value.starts_with('"');
  if (quoted) value.remove_prefix(1);
  const auto end = quoted ? value.find('"') : std::min(value.find_first_of(kWhiteSpace), value.size());
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  const std::string_view rest = value.substr(end + (quoted ? 1 : 0));
  return DriverCommand{std::string(value.substr(0, end)), std::string(trim(rest))};
}

}  // namespace refwave::host
