#include "inf/cli/console/json.h"

#include <cmath>

#include "hal/system/wide_text.h"
#include "inf/cli/console/text.h"

namespace refwave::cli {

std::string json_text(const Json& value, int indent) {
  const std::string text = value.dump(indent, ' ', false, Json::error_handler_t::replace);
  std::string result;
  bool is_inside = false;  // of a string
  bool is_escaped = false;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view before = rest;
    const char32_t code = hal::take_utf8(rest);
    if (code == '"' && !is_escaped) is_inside = !is_inside;
    is_escaped = code == '\\' && !is_escaped;
    // The library leaves DEL and the control characters from U+0080 on as they are.
    if (code >= 0x7F && code < 0xA0) {
      result += formatted("\\u%04x", static_cast<unsigned>(code));
    } else {
      result += before.substr(0, before.size() - rest.size());
    }
    if (indent < 0 && !is_inside && (code == ',' || code == ':')) result += ' ';
  }
  return result;
}

std::string json_lines(const Json& object) {
  std::string text;
  for (const auto& [key, value] : object.items())
    text += (text.empty() ? "{\n  " : ",\n  ") + json_string(key) + ": " + json_text(value);
  return text + "\n}\n";
}

std::string json_string(std::string_view text) { return json_text(Json(text)); }

double rounded(double value, int decimals) {
  const double factor = std::pow(10, decimals);
  return std::round(factor * value) / factor + 0.0;  // never -0
}

}  // namespace refwave::cli
