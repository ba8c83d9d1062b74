#include <nlohmann/json.hpp>

#include "tests/fuzz/targets.h"

namespace refwave::fuzz {

void require_harmless(std::string_view line) {
  const std::string text(line);
  try {
    // It takes no text but UTF-8.
    static_cast<void>(nlohmann::json(text).dump());
  } catch (const nlohmann::json::exception&) {
    throw Broken("text is UTF-8: " + text);
  }
  unsigned char before = 0;
  for (const unsigned char byte : text) {
    const bool is_control = byte < 0x20 || byte == 0x7F || (before == 0xC2 && byte < 0xA0);
    require(!is_control, "text has no control characters: " + text);
    before = byte;
  }
}

}  // namespace refwave::fuzz
