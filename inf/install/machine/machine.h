// The machine this runs on; one file a system implements it.
#pragma once

#include <filesystem>
#include <memory>

#include "inf/install/machine/system.h"

namespace refwave::install {

/// Returns: this machine; sources are looked for around `command_folder`. While it lives, the calling thread
/// sees Windows' folders as they are. Errors: Failure where it is no Windows.
std::unique_ptr<Observer> observe_this_machine(const std::filesystem::path& command_folder);

/// Returns: what changes this machine. Errors: Failure where it is no Windows.
std::unique_ptr<System> this_machine();

/// Returns: whether the folder is one of the system's own, whose winmm.dll serves every program.
bool is_system_folder(const std::filesystem::path& folder);

/// Returns: whether files may be created in `folder`. Effects: creates one and deletes it.
bool may_write(const std::filesystem::path& folder);

}  // namespace refwave::install
