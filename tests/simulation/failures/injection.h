// Failures of the system, one at a time: the n-th request of a kind fails. Requests of the test's own code
// are neither counted nor refused.
#pragma once

#include <cstdint>

namespace refwave::simulation {

/// `memory`: operator new, and malloc as the driver's objects call it. `thread`: pthread_create. `file`: the
/// calls of the C library for files that CMakeLists.txt names. `interrupt`: a wait that a signal ends early.
enum class Injected : std::uint8_t { memory, thread, file, interrupt, count };

const char* name_of(Injected kind);
/// Effects: from here on requests of that kind are counted from 1, and number `n` fails. 0: none fails.
void arm(Injected kind, std::uint64_t n);
/// Returns: how many requests of the armed kind there were.
std::uint64_t requests();
/// Returns: whether the request was refused.
bool has_failed();
/// Returns: how many allocations of driver code are alive.
std::int64_t blocks_alive();

}  // namespace refwave::simulation
