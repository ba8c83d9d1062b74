// The parts of the program buffer_done, and its sem_post, which stands in for the C library's to see its
// calls.
#pragma once

#include <cstdint>

namespace refwave::bench {

/// Effects: registers driver_callback/…, direct/….
void register_calls();
/// Effects: registers publishing/….
void register_publishing();

/// This program's sem_post is found before the C library's. It stamps calls of the driver's audio thread, and
/// forwards every call. A bare futex wake-up is stamped in the same way. Returns: the time just before the
/// audio thread's newest call of sem_post(); 0 before the first. Thread: any.
std::int64_t last_wake_ns() noexcept;

}  // namespace refwave::bench
