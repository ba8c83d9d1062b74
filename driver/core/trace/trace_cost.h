// The cost of one point of a trace on this machine, so that a reader of stamps knows how much time they add.
#pragma once

#include <cstdint>

namespace refwave::core {

enum class Tracing : std::uint8_t { off, on };

/// Returns: picoseconds for each point: the difference between a loop with points and a loop without, the
/// least of some rounds. `on` includes the clock, the thread's number and the ring. Thread: control; takes
/// some milliseconds.
std::int64_t trace_cost_ps(Tracing tracing);

}  // namespace refwave::core
