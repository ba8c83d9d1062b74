// The headers of a Windows executable, which may lie. Any system, any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace refwave::install {

enum class Architecture { x64, x86, arm64, other };

/// Returns: "64-bit", "32-bit", or another processor's name.
const char* name_of(Architecture architecture);

struct ProgramFile {
  Architecture architecture = Architecture::other;
  std::string product;  // of its version resource, empty without: ProductName, else FileDescription
  std::string version;
};

/// Returns: nothing if it cannot be read, or is not an executable.
std::optional<ProgramFile> read_program_file(const std::filesystem::path& path);

/// What an executable takes from DLLs, loaded with it or when first called, and what its bytes give away.
struct Imports {
  std::vector<std::string> dlls;       // in lower case: "winmm.dll"
  std::vector<std::string> winmm;      // functions of winmm: "waveOutOpen", or by number: "#2"
  bool searches_system_alone = false;  // its DLLs do not come from its own folder
  bool names_winmm = false;            // these words are somewhere in it
  bool names_wave = false;             // waveOutOpen or waveInOpen
  bool has_wasapi = false;
};

/// Returns: nothing if it cannot be read, or is not an executable.
std::optional<Imports> read_imports(const std::filesystem::path& path);

bool same_contents(const std::filesystem::path& one, const std::filesystem::path& other);

}  // namespace refwave::install
