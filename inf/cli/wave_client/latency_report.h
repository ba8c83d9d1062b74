// The driver's buffer-done statistics as text for a person. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "driver/winmm/refwave.h"

namespace refwave::cli {

/// Returns: what `ask` (REFWAVE_STATISTICS*) fills in; nothing from a driver that is not refwave: one that
/// does not know the message may answer 0, which is MMSYSERR_NOERROR, but only refwave fills the structure.
template <typename Ask>
std::optional<REFWAVE_STATISTICS> statistics_by(Ask ask) {
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof statistics;
  if (ask(&statistics) != MMSYSERR_NOERROR || statistics.dwRate == 0) return std::nullopt;
  return statistics;
}

/// Returns: whether the stream's device is no sound device.
bool is_on_clock(const REFWAVE_STATISTICS& statistics);

/// Returns: "the clocked device (…)" or the device's name in quotes. `is_away`: another was configured.
std::string device_text(std::string_view name, bool is_away);
std::string device_text(const REFWAVE_STATISTICS& statistics);

/// Returns: the frames of a stream of that rate that the device takes or gives at once; 0 if it does not
/// tell.
double taken_at_once(const std::optional<REFWAVE_STATISTICS>& statistics, double rate);

/// Returns: the percentiles and the counts, each from a line's beginning.
std::string latency_text(const REFWAVE_STATISTICS& statistics, std::size_t columns);

}  // namespace refwave::cli
