// RealtimeKit (rtkit), the system's service that lends priority to threads of users' programs, over D-Bus.
// libdbus is loaded on demand. Control threads. Half a second at most, even if the bus hangs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "hal/device.h"

namespace refwave::hal {

inline constexpr std::chrono::milliseconds kRtkitPatience{500};

/// Effects: asks for real-time priority for that thread of this process (the kernel's number) or, where
/// `wish` or the lack of a limit forbids that, for a nice value below 0. rtkit lends real-time priority only
/// to a process that has a limit on the time for which a real-time thread computes without a sleep
/// (RLIMIT_RTTIME, its hard value). The kernel kills a process that exceeds it, and a process without rights
/// cannot raise it again. A service that does not answer is not asked again for a minute. Returns: what the
/// thread has now, in words.
std::string ask_rtkit(std::int32_t thread, AudioPriority wish);

/// rtkit's offer to this process.
struct RtkitTerms {
  std::string problem;          // why it offers nothing; empty if it does
  bool is_installed = true;     // false: there is no bus, or no such service on it
  std::int32_t priority = 0;    // the highest real-time priority
  std::int64_t longest_us = 0;  // the highest RLIMIT_RTTIME with which it lends that
  std::int32_t nice = 0;        // the lowest nice value
};
RtkitTerms ask_rtkit_for_terms();

/// Returns: whether this process has a limit with which rtkit lends real-time priority.
bool has_rttime_limit(std::int64_t longest_us) noexcept;

}  // namespace refwave::hal
