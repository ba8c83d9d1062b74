// Answers to refwave's own messages (refwave.h).
#pragma once

#include "driver/abi/windows_headers.h"
#include "driver/core/stream/statistics.h"

namespace refwave::winmm {

/// Returns: 0 for an unknown message.
LRESULT own_message(UINT message, LPARAM first, LPARAM second) noexcept;

/// Effects: fills `target`, a REFWAVE_STATISTICS, as far as its cbSize says. Returns: an MMRESULT.
DWORD give_statistics(const core::Statistics& statistics, DWORD_PTR target) noexcept;

}  // namespace refwave::winmm
