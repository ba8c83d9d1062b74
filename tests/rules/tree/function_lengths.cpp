#include "tests/rules/tree/function_lengths.h"

#include <cctype>
#include <regex>

namespace refwave::test {
namespace {

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Returns: the file without comments, and with nothing in its strings; the lines stay where they are.
class Plain {
 public:
  explicit Plain(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) text_ += line + "\n";
  }

  std::string code() {
    for (at_ = 0; at_ < text_.size();) {
      if (looking_at("//")) {
        skip_to("\n", 0);
      } else if (looking_at("/*")) {
        skip_to("*/", 2);
      } else if (looking_at("R\"")) {
        skip_raw_string();
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && (at_ == 0 || !is_name(text_[at_ - 1])))) {
        skip_literal(text_[at_]);
      } else if (text_[at_] == '#' && starts_its_line()) {
        skip_directive();
      } else {
        code_ += text_[at_++];
      }
    }
    return code_;
  }

 private:
  bool looking_at(const char* what) const { return text_.compare(at_, std::string(what).size(), what) == 0; }
  bool starts_its_line() const {
    const std::size_t before = code_.find_last_not_of(" \t");
    return before == std::string::npos || code_[before] == '\n';
  }
  void skip_until(std::size_t end) {
    for (; at_ < std::min(end, text_.size()); ++at_) {
      if (text_[at_] == '\n') code_ += '\n';
    }
  }
  void skip_to(const std::string& end, std::size_t more) {
    const std::size_t found = text_.find(end, at_);
    skip_until(found == std::string::npos ? text_.size() : found + more);
  }
  void skip_raw_string() {
    const std::size_t open = text_.find('(', at_);
    const std::string end = ")" + text_.substr(at_ + 2, open - at_ - 2) + "\"";
    skip_to(end, end.size());
    code_ += "\"\"";
  }
  void skip_literal(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') end += text_[end] == '\\' ? 2 : 1;
    skip_until(end + 1);
    code_ += "\"\"";
  }
  void skip_directive() {
    std::size_t end = text_.find('\n', at_);
    while (end != std::string::npos && text_[end - 1] == '\\') end = text_.find('\n', end + 1);
    skip_until(end == std::string::npos ? text_.size() : end);
  }

  std::string text_;
  std::string code_;
  std::size_t at_ = 0;
};

/// Returns: whether the brace after `head` begins a member's initial value: `Slot() : ring_`.
bool is_member_value(const std::string& head) {
  static const std::regex list(R"(\)\s*(noexcept\s*)?:[^:])");
  return is_name(head.back()) && std::regex_search(head, list);
}

/// Returns: whether the brace after `head` begins a function.
bool is_function(const std::string& head) {
  static const std::regex other(
      R"(^(inline\s+)?(namespace|enum|extern)\b.*|^(template\s*<.*>\s*)?(class|struct|union)\b.*|.*=)");
  return head.find('(') != std::string::npos && !std::regex_match(head, other);
}

/// Reads code brace by brace.
class Reader {
 public:
  std::vector<Function> read(const std::string& code) {
    for (const char c : code) take(c);
    return found_;
  }

 private:
  void take(char c) {
    if (c == '{') {
      open();
    } else if (c == '}') {
      close();
    } else if (c == ';' && values_ == 0 && parentheses_ == 0) {
      head_.clear();
    } else if (!is_blank(c)) {
      add(c);
    } else if (!head_.empty() && head_.back() != ' ') {
      head_ += ' ';
    }
    if (c == '\n') ++line_;
  }

  void add(char c) {
    static const std::regex access("(public|protected|private) ?");
    if (c == ':' && std::regex_match(head_, access)) return head_.clear();
    if (head_.empty()) head_line_ = line_;
    if (c == '(') ++parentheses_;
    if (c == ')') --parentheses_;
    head_ += c;
  }

  void open() {
    while (!head_.empty() && head_.back() == ' ') head_.pop_back();
    // In a function, in a value, or in an argument's default, braces only need to be counted.
    if (depth_ != 0) {
      ++depth_;
    } else if (values_ != 0 || parentheses_ != 0 || (!head_.empty() && is_member_value(head_))) {
      ++values_;
    } else if (!head_.empty() && is_function(head_)) {
      depth_ = 1;
      found_.push_back({head_, head_line_, 0});
    } else {
      head_.clear();
    }
  }

  void close() {
    if (depth_ != 0) {
      if (--depth_ == 0) found_.back().lines = line_ - found_.back().line + 1;
    } else if (values_ != 0) {
      --values_;
      head_ += '}';
      return;
    }
    if (depth_ == 0) head_.clear();
  }

  std::vector<Function> found_;
  std::string head_;
  std::size_t head_line_ = 0;
  std::size_t line_ = 0;
  int depth_ = 0;        // of braces, inside a function
  int values_ = 0;       // of braces, inside a member's initial value
  int parentheses_ = 0;  // outside functions
};

}  // namespace

std::vector<Function> functions_of(const std::vector<std::string>& lines) {
  return Reader().read(Plain(lines).code());
}

}  // namespace refwave::test
