// The driver's buffer-done statistics as text for a person. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "driver/winmm/refwave.h"

namespace refwave::cli {

/// Returns: the statistics that `ask` fills in; nothing from another driver, which may answer
/// MMSYSERR_NOERROR without filling them.
template <typename Ask>
std::optional<REFWAVE_STATISTICS> statistics_by(Ask ask) {
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof statistics;
  if (ask(&statistics) != MMSYSERR_NOERROR || statistics.dwRate == 0) return std::nullopt;
  return statistics;
}

bool is_on_clock(const REFWAVE_STATISTICS& statistics);

/// Returns: "the clocked device (…)" or the device's name in quotes. `is_away`: another was configured.
std::string device_text(std::string_view name, bool is_away);
std::string device_text(const REFWAVE_STATISTICS& statistics);

/// The driver's counters in the JSON of reports.
inline constexpr std::pair<const char*, ULONGLONG REFWAVE_STATISTICS::*> kCounters[] = {
    {"blocks", &REFWAVE_STATISTICS::ullBlocks},
    {"wakes", &REFWAVE_STATISTICS::ullWakes},
    {"underruns", &REFWAVE_STATISTICS::ullUnderruns},
    {"periods", &REFWAVE_STATISTICS::ullPeriods},
    {"late_periods", &REFWAVE_STATISTICS::ullLatePeriods},
    {"xruns", &REFWAVE_STATISTICS::ullXruns},
    {"reanchors", &REFWAVE_STATISTICS::ullReanchors},
    {"device_losses", &REFWAVE_STATISTICS::ullDeviceLosses}};

/// Returns: "blocks 300, wakes 298, underruns 0, late periods 1".
std::string counts_text(const REFWAVE_STATISTICS& statistics);
std::string latency_text(const REFWAVE_STATISTICS& statistics, std::size_t columns);

}  // namespace refwave::cli
