// The winmm.dll and the refwave.drv beside one program of Windows: whether they are there, refwave's, and of
// the program's bitness. Reads files, on any system; main thread.
#pragma once

#include <filesystem>

#include "bench/doctor/page/facts.h"

namespace refwave::doctor {

/// Effects: adds what is found to `drivers`. `program`: an .exe or a folder.
void look_at_dropin(const std::filesystem::path& program, Drivers& drivers);

}  // namespace refwave::doctor
