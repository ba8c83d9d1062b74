// Stand-ins, by their names, for what the driver's upper rooms get from elsewhere: threads, the housekeeper,
// the device thread, and sound devices. Threads are fibers of the checker, and a device calls when a scenario
// says so.
#pragma once

#include <functional>

namespace refwave::memory_model {

/// Effects: forgets the devices and tasks of the execution before.
void begin_doubles();
/// Effects: one period of each device that runs, on the calling thread.
void call_devices();
/// Effects: runs tasks of the housekeeper's and the device thread's as they come. Thread: a daemon of its
/// own.
void run_tasks();

}  // namespace refwave::memory_model
