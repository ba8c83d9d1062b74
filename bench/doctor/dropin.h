// The winmm.dll and the refwave.drv beside one program of Windows: whether both files are there, whether they
// are refwave's, and whether they have the program's bitness. Reads files, on any system; main thread.
#pragma once

#include <filesystem>

#include "bench/doctor/page/facts.h"

namespace refwave::doctor {

/// Effects: adds the good files and the problems to `drivers`. `program`: an .exe or a folder.
void look_at_dropin(const std::filesystem::path& program, Drivers& drivers);

}  // namespace refwave::doctor
