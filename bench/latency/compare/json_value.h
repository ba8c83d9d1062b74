// A reader for the part of JSON that the reports of `refwave latency` use. Values; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace refwave::latency {

class JsonValue {
 public:
  using Array = std::vector<JsonValue>;
  using Object = std::map<std::string, JsonValue, std::less<>>;

  /// Throws: std::runtime_error, which names the place, if `text` is no JSON.
  static JsonValue parse(std::string_view text);

  /// These three throw std::runtime_error if the value is of another kind, or has no such member.
  double number() const;
  const Array& array() const;
  const JsonValue& at(std::string_view member) const;
  /// Returns: the member; null if there is none.
  const JsonValue* find(std::string_view member) const;
  /// Returns: the text; empty if the value is of another kind.
  std::string text() const;

 private:
  friend class JsonReader;
  std::variant<std::nullptr_t, bool, double, std::string, Array, Object> value_ = nullptr;
};

}  // namespace refwave::latency
