// How often a process is woken that plays nothing, on each kind of device.
#pragma once

namespace refwave::bench {

/// Effects: registers the benchmarks.
void add_wake_ups();

}  // namespace refwave::bench
