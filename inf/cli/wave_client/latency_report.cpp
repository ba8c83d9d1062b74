#include "inf/cli/wave_client/latency_report.h"

#include "inf/cli/console/text.h"

namespace refwave::cli {
namespace {

constexpr std::string_view kClocked = "clocked";

}  // namespace

bool is_on_clock(const REFWAVE_STATISTICS& statistics) { return statistics.szDevice == kClocked; }

std::string device_text(std::string_view name, bool is_away) {
  if (name == kClocked)
    return is_away ? "the clocked device (the sound device is away: nothing is heard)"
                   : "the clocked device (no sound device: nothing is heard)";
  return "\"" + visible(name) + "\"";
}

std::string device_text(const REFWAVE_STATISTICS& statistics) {
  return device_text(statistics.szDevice, statistics.dwMissed != 0);
}

std::string counts_text(const REFWAVE_STATISTICS& s) {
  return formatted("blocks %llu, wakes %llu, underruns %llu, late periods %llu", s.ullBlocks, s.ullWakes,
                   s.ullUnderruns, s.ullLatePeriods) +
         (s.ullXruns > 0 ? formatted("; device underruns and overruns: %llu", s.ullXruns) : "");
}

std::string latency_text(const REFWAVE_STATISTICS& s, std::size_t columns) {
  const auto percentile = [&](ULONGLONG ns, double share) { return percentile_text(ns, share, s.ullBlocks); };
  const std::string times = "buffer done: p50 " + percentile(s.ullLatencyP50Ns, 0.5) + ", p99 " +
                            percentile(s.ullLatencyP99Ns, 0.99) + ", p99.9 " +
                            percentile(s.ullLatencyP999Ns, 0.999) + ", max " +
                            percentile(s.ullLatencyMaxNs, 1);
  return wrapped(times, columns, 2) + wrapped(counts_text(s), columns, 2);
}

}  // namespace refwave::cli
