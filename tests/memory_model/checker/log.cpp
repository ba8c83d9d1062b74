#include "tests/memory_model/checker/log.h"

#include <array>
#include <cstdio>
#include <vector>

#include "tests/memory_model/checker/execution.h"
#include "tests/memory_model/checker/sites.h"

namespace refwave::memory_model {
namespace {

bool keeps = false;

std::vector<LogLine>& lines() {
  static std::vector<LogLine> all;
  return all;
}

std::string text_of(const LogLine& line) {
  std::array<char, 160> text;
  std::snprintf(text.data(), text.size(), "  %-10s %-11s %-8s …%05llx = %-6llx",
                execution().thread(line.thread).name, line.what, name_of(line.operation.order),
                static_cast<unsigned long long>(line.operation.at & 0xF'FFFFU),
                static_cast<unsigned long long>(line.value));
  std::string result = text.data();
  if (line.age != 0) result += " (" + std::to_string(line.age) + " newer)";
  return result + "  " + source_mark(line.operation.caller) + "\n";
}

}  // namespace

void note(LogLine line) {
  if (!keeps) return;
  line.thread = execution().self_number();
  lines().push_back(line);
}

void keep_log(bool keep) {
  keeps = keep;
  if (keep) lines().clear();
}

std::string log_text(std::size_t most) {
  std::string text;
  const std::size_t count = lines().size();
  for (std::size_t i = count > most ? count - most : 0; i < count; ++i) text += text_of(lines()[i]);
  return with_sources(text);
}

}  // namespace refwave::memory_model
