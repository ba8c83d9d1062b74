// The header of a Windows executable. Any system, any thread.
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

/// Returns: nothing if it cannot be read, or is not an executable.
std::optional<ProgramFile> read_program_file(const std::filesystem::path& path);

bool same_contents(const std::filesystem::path& one, const std::filesystem::path& other);

}  // namespace refwave::install
