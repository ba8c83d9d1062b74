// What the system gives a program, for threads that are fibers: mutexes, semaphores, memory, the clock, naps.
#pragma once

namespace refwave::memory_model {

/// Effects: gives back the memory that the last execution has freed, and forgets its mutexes.
void begin_system();

/// Effects: from now on some naps take seconds of the virtual clock, so that patience ends; or none does.
void allow_long_naps(bool allow);

}  // namespace refwave::memory_model
