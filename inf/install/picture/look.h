// The installer's view of files: those to be replaced, and their sources. Only reads; any system.
#pragma once

#include <filesystem>
#include <vector>

#include "inf/install/picture/program_file.h"
#include "inf/install/picture/snapshot.h"

namespace refwave::install {

Architecture architecture_of(View view);

/// Returns: what is in the folder, sorted by name.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder);

/// `source` may be empty.
File look_at(const std::filesystem::path& path, const std::filesystem::path& source);

/// Effects: of another's driver, whose files do not say who installed them, all that is recorded or equals
/// its source is taken for ours, and the views that it has nothing to do with are dropped.
void judge_by_record(Snapshot& snapshot);

/// Returns: the file `name` for that bitness: beside the command (as winmm32.dll, after the INF), in x64 or
/// x86 beside its folder, or in the other build tree. A foreign file only if refwave's is missing; else
/// empty.
std::filesystem::path find_source(const std::filesystem::path& command_folder, const std::string& name,
                                  View view);

/// Returns: whether the command in `command_folder` takes refwave's files from this existing folder.
bool is_source_folder(const std::filesystem::path& command_folder, const std::filesystem::path& folder);

struct Executable {
  std::string name;
  Architecture architecture;
};

/// Returns: the programs (.exe) in a folder except refwave's, sorted by name.
std::vector<Executable> executables_in(const std::filesystem::path& folder);

}  // namespace refwave::install
