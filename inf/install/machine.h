// The machine this runs on; one file a system implements it.
#pragma once

#include <filesystem>
#include <memory>

#include "inf/install/system.h"

namespace refwave::install {

/// Returns: this machine; sources are looked for around `command_folder`. Errors: Failure where it is no
/// Windows.
std::unique_ptr<System> this_machine(const std::filesystem::path& command_folder);

/// Returns: whether the folder is one of the system's own, whose winmm.dll serves every program.
bool is_system_folder(const std::filesystem::path& folder);

/// Returns: whether files may be created in `folder`.
bool may_write(const std::filesystem::path& folder);

}  // namespace refwave::install
