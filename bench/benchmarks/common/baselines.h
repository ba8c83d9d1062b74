// The baselines as benchmarks. Every program whose figures are compared with them runs them too, because only
// figures of one run can be compared.
#pragma once

#include <cstddef>

namespace refwave::bench {

/// Effects: registers baseline/clock_read, baseline/futex_wake/priority:…, baseline/spin_wake, baseline/call,
/// baseline/call_with_stack_switch and baseline/memcpy/bytes:3840. Call it before run().
void register_baselines();

/// Effects: registers baseline/memcpy/bytes:… alone.
void register_memcpy(std::size_t bytes);

}  // namespace refwave::bench
