// What the bare wake needs to be comparable: threads that the system wakes as it does the driver's.
#pragma once

namespace refwave::latency {

/// Effects: the calling thread goes before all ordinary ones, as the driver's audio thread does, if this
/// process may ask for that; if not, the driver's does not either.
void become_realtime();

}  // namespace refwave::latency
