// The benchmarks of the program buffer_done, by families.
#pragma once

namespace refwave::bench {

/// Effects: registers call/…: the cost of calling a client.
void register_calls();
/// Effects: registers publishing/…: the cost of publishing streams for `refwave watch`.
void register_publishing();
/// Effects: registers buffer_done/…, and the baseline bare_wake/…. `seconds`: of blocks, for each.
void register_latencies(double seconds);

}  // namespace refwave::bench
