// The time of the audio thread's last wake-up of another thread. This program's sem_post is found before the
// C library's. It takes a stamp if the driver's audio thread calls it, and passes every call on. A bare futex
// wake-up is stamped in the same way.
#pragma once

#include <cstdint>

namespace refwave::bench {

/// Returns: the moment just before the audio thread's newest call of sem_post(); 0 before the first. Thread:
/// any.
std::int64_t last_wake_ns() noexcept;

}  // namespace refwave::bench
