// A file that a recorder is still writing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace refwave::test {

inline std::uintmax_t bytes_in(const std::filesystem::path& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? 0 : bytes;
}

/// Returns: whether any byte behind the header is not 0.
inline bool has_sound(const std::filesystem::path& path, std::streamoff header_bytes) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(header_bytes);
  using Bytes = std::istreambuf_iterator<char>;
  return std::any_of(Bytes(file), Bytes(), [](char byte) { return byte != 0; });
}

}  // namespace refwave::test
