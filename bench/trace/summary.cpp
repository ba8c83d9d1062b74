#include "bench/trace/summary.h"

#include <algorithm>
#include <array>

#include "bench/common/histogram.h"
#include "driver/cli/console/text.h"
#include "driver/cli/wave_client/latency_report.h"

namespace refwave::trace {
namespace {

using bench::Histogram;

/// The blocks' pieces, and what the audio thread pays for the wake.
struct Sums {
  std::array<Histogram, kPieces> each;
  Histogram together;
  Histogram signal;
  std::size_t sent = 0;
  std::size_t spared = 0;

  void add(const BlockLife& life) {
    const auto pieces = pieces_of(life);
    for (std::size_t i = 0; i < kPieces; ++i) each[i].record(static_cast<std::uint64_t>(pieces[i]));
    together.record(
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, life.entered_ns - life.finished_ns)));
    if (life.wake == WakeOf::nobody) return;
    signal.record(static_cast<std::uint64_t>(life.signalled_ns - life.rendered_ns));
    ++(life.wake == WakeOf::sent ? sent : spared);
  }
};

std::string row(std::string_view name, const Histogram& histogram) {
  std::string text = cli::formatted("%-16s", std::string(name).c_str());
  for (const double share : {0.5, 0.99, 0.999})
    text += cli::formatted("%12llu", static_cast<unsigned long long>(histogram.percentile(share)));
  return text + cli::formatted("%12llu\n", static_cast<unsigned long long>(histogram.max()));
}

std::string title(const Facts& facts) {
  const REFWAVE_STATISTICS& s = facts.statistics;
  return cli::formatted(
             "buffer done in pieces: %u stream%s of %u-frame blocks, periods of %u frames at %u Hz,\non ",
             facts.streams, facts.streams == 1 ? "" : "s", facts.block_frames,
             static_cast<unsigned>(s.dwPeriodFrames), static_cast<unsigned>(s.dwRate)) +
         cli::device_text(s) + "\n";
}

std::string counts_text(const Recording& recording, const Sums& sums, const Facts& facts) {
  return std::to_string(recording.lives.size()) + " blocks: " + std::to_string(sums.sent) +
         " of periods that woke a sleeping notifier, " + std::to_string(sums.spared) +
         " that found one awake\n" + std::to_string(recording.events.size()) + " events, " +
         std::to_string(recording.lost) + " lost, " + std::to_string(facts.incomplete) +
         " blocks incomplete\n";
}

std::string cost_text(const Facts& facts) {
  return cli::formatted(
      "a stamp costs %.1f ns here, of which a block's way holds about six; a point that is not traced costs "
      "%.1f "
      "ns\n",
      static_cast<double>(facts.stamp_ps) / 1000, static_cast<double>(facts.silent_ps) / 1000);
}

}  // namespace

std::string summary(const Recording& recording, const Facts& facts) {
  Sums sums;
  for (const BlockLife& life : recording.lives) sums.add(life);
  std::string text =
      title(facts) + cli::formatted("%-16s%12s%12s%12s%12s\n", "ns", "p50", "p99", "p99.9", "max");
  for (std::size_t i = 0; i < kPieces; ++i) text += row(kPieceNames[i], sums.each[i]);
  text += row("together", sums.together);
  if (sums.signal.count() != 0) text += row("the waker pays", sums.signal);
  return text + counts_text(recording, sums, facts) + cost_text(facts);
}

}  // namespace refwave::trace
