// Names as Windows compares them: without regard to case, here for ASCII alone.
#pragma once

#include <algorithm>
#include <string>

namespace refwave::install {

inline std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

}  // namespace refwave::install
