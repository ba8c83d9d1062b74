// Threads that the system wakes as it wakes the driver's, so that the bare wake-up is comparable.
#pragma once

namespace refwave::latency {

/// Effects: the calling thread runs before all ordinary ones, as the driver's audio thread does, if this
/// process may ask for that. If it may not, the driver's thread does not run before them either.
void become_realtime();

}  // namespace refwave::latency
