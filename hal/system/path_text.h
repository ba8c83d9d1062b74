// Paths as UTF-8, independently of the system's narrow code page. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace refwave::hal {

inline std::filesystem::path to_path(std::string_view utf8) {
  return std::u8string(utf8.begin(), utf8.end());
}

inline std::string path_text(const std::filesystem::path& path) {
  const std::u8string utf8 = path.u8string();
  return {utf8.begin(), utf8.end()};
}

}  // namespace refwave::hal
