// Runs programs through the shell, for tests that read the results of the code under test independently.
#pragma once

#include <array>
#include <cstdio>
#include <string>
#include <vector>

namespace refwave::test {

/// Returns: the command's output, byte for byte. Its exit status goes into `status`, unless that is null.
inline std::vector<std::byte> output_of(const std::string& command, int* status = nullptr) {
  std::vector<std::byte> all;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return all;
  std::array<std::byte, 65'536> chunk;
  while (const std::size_t count = std::fread(chunk.data(), 1, chunk.size(), pipe)) {
    all.insert(all.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(count));
  }
  const int result = pclose(pipe);
  if (status != nullptr) *status = result;
  return all;
}

/// Returns: the same as text, without the newline at its end.
inline std::string text_of(const std::string& command, int* status = nullptr) {
  const auto bytes = output_of(command, status);
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace refwave::test
