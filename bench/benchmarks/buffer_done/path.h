// The parts of the program buffer_done: the benchmarks of the calls at the path's end and of how evenly
// blocks come back, and what this program has in place of functions of libraries, so that it sees their
// calls.
#pragma once

#include <cstdint>

namespace refwave::bench {

/// Effects: registers driver_callback/…, direct/….
void register_calls();
/// Effects: registers one_stream/…, two_streams/….
void register_two_streams();
/// Effects: registers publishing/….
void register_publishing();
/// Effects: registers wom_done/block_ms:….
void register_jitter();

/// This program's sem_post is found before the C library's. It takes a stamp if the driver's audio thread
/// calls it, and passes every call on. A bare futex wake-up is stamped in the same way. Returns: the moment
/// just before the audio thread's newest call of sem_post(); 0 before the first. Thread: any.
std::int64_t last_wake_ns() noexcept;

}  // namespace refwave::bench
