// Looks at files for the installer: the file at the place of a new one, and the source of the new one.
// Reads the file system, on any system, and changes nothing.
#pragma once

#include <filesystem>
#include <vector>

#include "inf/install/picture/program_file.h"
#include "inf/install/picture/snapshot.h"

namespace refwave::install {

/// Returns: the file at `path`; ours if its version resource names refwave as the product. `source` may be
/// empty.
File look_at(const std::filesystem::path& path, const std::filesystem::path& source);

/// Returns: the file `name` for programs of that bitness: beside the command, where the INF gives those for
/// 32-bit programs a 32 after the name (winmm32.dll); in the folder x64 or x86 beside its folder, as in
/// refwave's archive; or in the other build tree. Another's file of that name only where refwave's is
/// nowhere; empty if there is none.
std::filesystem::path find_source(const std::filesystem::path& command_folder, const std::string& name,
                                  View view);

/// Returns: whether refwave's own files are taken from this existing folder, by the command in
/// `command_folder`.
bool is_source_folder(const std::filesystem::path& command_folder, const std::filesystem::path& folder);

struct Executable {
  std::string name;
  Architecture architecture;
};

/// Returns: the programs (.exe) in a folder, sorted by name; refwave's own are left out.
std::vector<Executable> executables_in(const std::filesystem::path& folder);

}  // namespace refwave::install
