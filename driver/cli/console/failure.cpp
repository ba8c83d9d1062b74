#include "driver/cli/console/failure.h"

#include <algorithm>
#include <cstdio>

namespace refwave::cli {

void print_error(std::string text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  std::ranges::replace_if(text, is_control, ' ');
  std::fprintf(stderr, "refwave: %s\n", text.c_str());
}

}  // namespace refwave::cli
