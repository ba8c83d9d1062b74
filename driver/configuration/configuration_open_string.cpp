// The string after the file name in SYSTEM.INI, or of OpenDriver's caller: key = value; key = value.
#include <optional>

#include "driver/configuration/configuration_keys.h"
#include "hal/system/wide_text.h"

namespace refwave::configuration {
namespace {

constexpr std::string_view kWhere = "DRV_OPEN string";

/// Effects: removes from `rest` all up to the first `separator` outside quotes. Returns: that part.
std::string_view take_until(char separator, std::string_view& rest) {
  bool is_quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (is_quoted || rest[end] != separator); ++end) {
    if (rest[end] == '"') is_quoted = !is_quoted;
  }
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

/// Returns: `text` without its quotes, or nothing if they do not pair or do not enclose all of it.
std::optional<std::string> unquoted(std::string_view text) {
  if (!text.starts_with('"'))
    return text.find('"') == std::string_view::npos ? std::optional(std::string(text)) : std::nullopt;
  std::string result;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] != '"') {
      result += text[i];
    } else if (i + 1 == text.size()) {
      return result;
    } else if (text[++i] == '"') {
      result += '"';
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

Value value_of(std::string_view text) {
  Value value{{}, text.empty() || text.find('|') != std::string_view::npos, std::string(text)};
  if (text.empty()) value.found = "nothing";
  for (std::string_view rest = text; !rest.empty();) {
    std::optional<std::string> item = unquoted(hal::trimmed(take_until('|', rest)));
    if (!item) return {{}, false, value.found};
    value.items.push_back(std::move(*item));
  }
  value.is_list = value.items.size() != 1;
  return value;
}

}  // namespace

Parsed parse_open_string(std::string_view text, const Configuration& base) {
  Parsed parsed{base, {}};
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view entry = hal::trimmed(take_until(';', rest));
    if (entry.empty()) continue;
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) {
      parsed.warnings.push_back(std::string(kWhere) + ": expected key = value, found " + printable(entry));
      continue;
    }
    const std::string_view key = hal::trimmed(entry.substr(0, equals));
    const Value value = value_of(hal::trimmed(entry.substr(equals + 1)));
    if (key == "device") {
      set_key(parsed, "output", value, kWhere);
      set_key(parsed, "input", value, kWhere);
    } else {
      set_key(parsed, key, value, kWhere);
    }
  }
  return parsed;
}

}  // namespace refwave::configuration
