// Where the threads of a job's process stand when it crashes or hangs.
#pragma once

#include <sys/types.h>

#include <string>

namespace refwave::conform {

/// Effects: from now on a crash of this process, and SIGQUIT, write kPlaceMark and the thread's place to
/// `pipe`, with tabs between: the thread's name, an address or 1, and of each frame, the innermost first, the
/// module and the offset, in hexadecimal. A sanitizer's handlers stay.
void report_places_to(int pipe);

/// Effects: sends SIGQUIT to each thread of the process.
void ask_for_places(pid_t process);

/// Returns: these lines as text, "main in write, driver.cpp:112; …", for at most four threads; without
/// symbols "driver.drv+0x1a2b". The name of a thread is left out if there is one place.
std::string places_in(const std::string& lines);

}  // namespace refwave::conform
