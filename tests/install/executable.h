// Files of Windows' executable format, as far as the installer reads them.
#pragma once

#include <cstdint>
#include <string>

namespace refwave::test {

inline constexpr std::uint16_t kX64 = 0x8664;
inline constexpr std::uint16_t kX86 = 0x014C;
inline constexpr std::uint16_t kArm64 = 0xAA64;

/// Returns: a file for that processor, with ProductName in its version resource.
inline std::string executable(std::uint16_t architecture, const std::string& product) {
  std::string bytes(0x80, '\0');
  bytes.replace(0, 2, "MZ");
  bytes[0x3C] = 0x40;
  bytes.replace(0x40, 4, std::string("PE\0\0", 4));
  bytes[0x44] = static_cast<char>(architecture & 0xFF);
  bytes[0x45] = static_cast<char>(architecture >> 8);
  for (const std::string& text : {std::string("ProductName"), product})
    for (const char c : text + std::string(1, '\0')) bytes.append({c, '\0'});
  return bytes;
}

}  // namespace refwave::test
