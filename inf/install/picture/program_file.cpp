#include "inf/install/picture/program_file.h"

#include <fstream>
#include <iterator>
#include <string_view>

namespace refwave::install {
namespace {

std::optional<std::string> contents(const std::filesystem::path& path) {
  std::error_code error;
  std::ifstream file(path, std::ios::binary);
  if (!file || !std::filesystem::is_regular_file(path, error)) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// Returns: the little-endian number in `size` bytes at `offset`, 0 beyond the end.
std::uint32_t number_at(std::string_view bytes, std::size_t offset, std::size_t size) {
  std::uint32_t number = 0;
  if (offset + size > bytes.size()) return 0;
  for (std::size_t i = size; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[offset + i]);
  return number;
}

std::optional<Architecture> architecture_of(std::string_view bytes) {
  if (!bytes.starts_with("MZ")) return std::nullopt;
  const std::size_t header = number_at(bytes, 0x3C, 4);
  if (header >= bytes.size() || bytes.substr(header, 4) != std::string_view("PE\0\0", 4)) return std::nullopt;
  switch (number_at(bytes, header + 4, 2)) {
    // Programs for ARM64EC name this machine, too, and load DLLs for x64 ("Understanding Arm64EC ABI").
    case 0x8664:
      return Architecture::x64;
    case 0x014C:
      return Architecture::x86;
    case 0xAA64:
      return Architecture::arm64;
    default:
      return Architecture::other;
  }
}

std::string utf16(std::string_view ascii) {
  std::string wide;
  for (const char c : ascii) wide.append({c, '\0'});
  return wide.append(2, '\0');
}

/// Returns: a string of the version resource, found by its key in UTF-16, which zeros pad to four bytes. Text
/// beyond ASCII reads as '?'.
std::string version_string(std::string_view bytes, std::string_view key) {
  const std::string wide = utf16(key);
  const std::size_t found = bytes.find(wide);
  if (found == std::string_view::npos) return {};
  std::size_t at = found + wide.size();
  if (number_at(bytes, at, 2) == 0) at += 2;
  std::string text;
  std::uint32_t unit = number_at(bytes, at, 2);
  while (unit != 0) {
    text += unit < 0x80 ? static_cast<char>(unit) : '?';
    at += 2;
    unit = number_at(bytes, at, 2);
  }
  return text;
}

}  // namespace

std::optional<ProgramFile> read_program_file(const std::filesystem::path& path) {
  const std::optional<std::string> bytes = contents(path);
  const std::optional<Architecture> architecture = bytes ? architecture_of(*bytes) : std::nullopt;
  if (!architecture) return std::nullopt;
  return ProgramFile{*architecture, version_string(*bytes, "ProductName"),
                     version_string(*bytes, "ProductVersion")};
}

bool same_contents(const std::filesystem::path& one, const std::filesystem::path& other) {
  const std::optional<std::string> bytes = contents(one);
  return bytes && bytes == contents(other);
}

}  // namespace refwave::install
