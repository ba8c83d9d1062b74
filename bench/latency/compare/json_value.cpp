#include "bench/latency/compare/json_value.h"

#include <charconv>
#include <stdexcept>

namespace refwave::latency {

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : whole_(text), rest_(text) {}

  JsonValue document() {
    JsonValue value = read(0);
    skip_spaces();
    if (!rest_.empty()) fail();
    return value;
  }

 private:
  static constexpr int kDeepest = 16;

  [[noreturn]] void fail() const {
    throw std::runtime_error("no JSON from byte " + std::to_string(whole_.size() - rest_.size()) + " on");
  }
  void skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }
  bool take(std::string_view word) {
    skip_spaces();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  JsonValue read(int depth) {
    if (depth > kDeepest) fail();
    JsonValue result;
    if (take("{")) {
      result.value_ = object(depth);
    } else if (take("[")) {
      result.value_ = array(depth);
    } else if (take("\"")) {
      result.value_ = string();
    } else if (take("true") || take("false")) {
      result.value_ = true;
    } else if (!take("null")) {
      result.value_ = number();
    }
    return result;
  }

  JsonValue::Object object(int depth) {
    JsonValue::Object members;
    if (take("}")) return members;
    do {
      if (!take("\"")) fail();
      std::string name = string();
      if (!take(":")) fail();
      members.insert_or_assign(std::move(name), read(depth + 1));
    } while (take(","));
    if (!take("}")) fail();
    return members;
  }

  JsonValue::Array array(int depth) {
    JsonValue::Array items;
    if (take("]")) return items;
    do {
      items.push_back(read(depth + 1));
    } while (take(","));
    if (!take("]")) fail();
    return items;
  }

  /// Escapes stay as they are, because only names are compared, and no name has one.
  std::string string() {
    std::size_t end = 0;
    while (end < rest_.size() && rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
    if (end >= rest_.size()) fail();
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return text;
  }

  double number() {
    double value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc()) fail();
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  std::string_view whole_;
  std::string_view rest_;
};

JsonValue JsonValue::parse(std::string_view text) { return JsonReader(text).document(); }

double JsonValue::number() const {
  if (const auto* number = std::get_if<double>(&value_)) return *number;
  throw std::runtime_error("a number is missing");
}

const JsonValue::Array& JsonValue::array() const {
  if (const auto* items = std::get_if<Array>(&value_)) return *items;
  throw std::runtime_error("a list is missing");
}

const JsonValue* JsonValue::find(std::string_view member) const {
  const auto* members = std::get_if<Object>(&value_);
  if (members == nullptr) return nullptr;
  const auto found = members->find(member);
  return found == members->end() ? nullptr : &found->second;
}

const JsonValue& JsonValue::at(std::string_view member) const {
  if (const JsonValue* value = find(member)) return *value;
  throw std::runtime_error("\"" + std::string(member) + "\" is missing");
}

std::string JsonValue::text() const {
  const auto* text = std::get_if<std::string>(&value_);
  return text == nullptr ? "" : *text;
}

}  // namespace refwave::latency
