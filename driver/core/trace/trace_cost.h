// What one point of a trace costs on this machine, so that whoever reads stamps knows what they add.
#pragma once

#include <cstdint>

namespace refwave::core {

enum class Tracing : std::uint8_t { off, on };

/// Returns: picoseconds a point, as the difference of a loop with points and one without; the least of some
/// rounds. Under `on` that is the clock, the thread's number and the ring. Thread: control; takes some
/// milliseconds.
std::int64_t trace_cost_ps(Tracing tracing);

}  // namespace refwave::core
