#include "driver/cli/wave_client/latency_report.h"

#include <string_view>

#include "driver/cli/console/text.h"

namespace refwave::cli {

std::string device_text(const REFWAVE_STATISTICS& statistics) {
  const std::string_view name = statistics.szDevice;
  if (name == "clocked") return "the clocked device (no sound device: nothing is heard)";
  return "\"" + std::string(name) + "\"";
}

std::string latency_table(const REFWAVE_STATISTICS& s) {
  std::string text =
      "buffer done        p50         p99       p99.9         max    blocks     wakes  underruns  late "
      "periods\n";
  text += "          ";
  for (const ULONGLONG ns : {s.ullLatencyP50Ns, s.ullLatencyP99Ns, s.ullLatencyP999Ns, s.ullLatencyMaxNs}) {
    text += microseconds_text(ns, 12);
  }
  text += formatted("%10llu%10llu%11llu%14llu\n", s.ullBlocks, s.ullWakes, s.ullUnderruns, s.ullLatePeriods);
  if (s.ullXruns > 0) text += formatted("the device ran dry or over: %llu\n", s.ullXruns);
  return text;
}

}  // namespace refwave::cli
