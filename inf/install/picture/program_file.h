// What a file of Windows' executable format says of itself. Reads files, on any system; any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace refwave::install {

enum class Architecture { x64, x86, arm64, other };

struct ProgramFile {
  Architecture architecture = Architecture::other;
  std::string product;  // ProductName and ProductVersion of its version resource, empty if it has none
  std::string version;
};

/// Returns: what the file says; nothing if it cannot be read or is no such file.
std::optional<ProgramFile> read_program_file(const std::filesystem::path& path);

/// Returns: whether both files can be read and hold the same bytes.
bool same_contents(const std::filesystem::path& one, const std::filesystem::path& other);

}  // namespace refwave::install
