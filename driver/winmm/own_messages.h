// The answers to refwave's own driver messages (refwave.h).
#pragma once

#include "driver/abi/windows_headers.h"
#include "driver/core/stream/statistics.h"

namespace refwave::winmm {

/// Returns: the answer to one of refwave's messages, 0 for any other. Lets no exception out.
LRESULT own_message(UINT message, LPARAM first, LPARAM second) noexcept;

/// Effects: fills the caller's REFWAVE_STATISTICS as far as its cbSize says. Returns: an MMRESULT.
DWORD give_statistics(const core::Statistics& statistics, DWORD_PTR target) noexcept;

}  // namespace refwave::winmm
