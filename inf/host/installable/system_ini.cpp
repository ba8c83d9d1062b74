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

class IniParser {
 public:
  void take_line(std::string_view raw) {
    ++line_;
    const std::string_view line = trim(raw);
    if (line.empty() || line.front() == ';') return;
    if (line.front() == '[') {
      take_section(line);
    } else {
      take_entry(line);
    }
  }

  IniFile take_file() { return std::move(file_); }

 private:
  void take_section(std::string_view line) {
    const auto end = line.find(']');
    if (end == std::string_view::npos) {
      note("a [section] without its ]");
    } else {
      section_ = lower(trim(line.substr(1, end - 1)));
    }
  }

  void take_entry(std::string_view line) {
    const auto equals = line.find('=');
    const std::string_view key = trim(line.substr(0, equals));
    if (equals == std::string_view::npos || key.empty()) {
      note("neither [section] nor key=value");
    } else if (section_.empty()) {
      note("a key before the first [section]");
    } else {
      file_.entries.push_back({section_, lower(key), std::string(trim(line.substr(equals + 1))), line_});
    }
  }

  void note(const char* text) { file_.problems.push_back({text, line_}); }

  IniFile file_;
  std::string section_;
  int line_ = 0;
};

}  // namespace

const IniEntry* IniFile::find(std::string_view section, std::string_view key) const {
  const auto found =
      std::ranges::find_if(entries, [section = lower(section), key = lower(key)](const IniEntry& entry) {
        return entry.section == section && entry.key == key;
      });
  return found == entries.end() ? nullptr : &*found;
}

IniFile parse_ini(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  IniParser parser;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    parser.take_line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parser.take_file();
}

std::optional<IniFile> read_ini(const std::string& path) {
  std::ifstream file(to_path(path), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) return std::nullopt;
  return parse_ini(text);
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
