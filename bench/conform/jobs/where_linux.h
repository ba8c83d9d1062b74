// Where the threads of a job's process stand when it crashes or hangs.
#pragma once

#include <sys/types.h>

#include <string>

namespace refwave::conform {

/// Effects: from now on a crash of this process, and SIGQUIT, write kPlaceMark and the thread's place to
/// `pipe`: "TID ADDRESS MODULE\t OFFSET…\n", in hexadecimal. A sanitizer's handlers stay.
void report_places_to(int pipe);

/// Effects: sends SIGQUIT to each thread of the process.
void ask_for_places(pid_t process);

/// Returns: the places in `report` as text, "main in write, driver.cpp:112; …", for at most four threads;
/// without symbols "driver.drv+0x1a2b". The names of threads are left out if there is one place.
std::string places_in(const std::string& report, pid_t process);

}  // namespace refwave::conform
