#include "bench/trace/picture.h"

#include <algorithm>
#include <array>

#include "bench/trace/histogram.h"
#include "inf/cli/console/text.h"
#include "inf/cli/wave_client/latency_report.h"

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

constexpr double kShares[] = {0.5, 0.99, 0.999, 1};
constexpr std::size_t kName = 16;
constexpr std::size_t kCell = 9;
constexpr std::size_t kTable = kName + 4 * kCell;

/// Returns: whether the table of `columns` has this percentile: a narrow one leaves out p99.9 and the
/// maximum.
bool is_shown(double share, std::size_t columns) { return columns >= kTable || share < 0.999; }

std::string heading(std::size_t columns) {
  std::string text(kName, ' ');
  for (const double share : kShares) {
    const char* name = share == 0.5 ? "p50" : share == 0.99 ? "p99" : share == 1 ? "max" : "p99.9";
    if (is_shown(share, columns)) text += cli::right(name, kCell);
  }
  return text + '\n';
}

std::string row(std::string_view name, const Histogram& histogram, std::size_t columns) {
  std::string text = cli::left(std::string(name), kName);
  for (const double share : kShares) {
    const std::string figure = cli::percentile_text(histogram.percentile(share), share, histogram.count());
    if (is_shown(share, columns)) text += cli::right(figure, kCell);
  }
  return text + '\n';
}

std::string title(const Facts& facts) {
  const REFWAVE_STATISTICS& s = facts.statistics;
  return cli::formatted(
             "buffer done in pieces: %u stream%s of %u-frame blocks, periods of %u frames at %u Hz, on ",
             facts.streams, facts.streams == 1 ? "" : "s", facts.block_frames,
             static_cast<unsigned>(s.dwPeriodFrames), static_cast<unsigned>(s.dwRate)) +
         cli::device_text(s);
}

std::string text_of_ps(std::int64_t ps) { return cli::round_duration_text(static_cast<double>(ps) / 1000); }

std::string blocks_text(const Recording& recording, const Sums& sums) {
  return std::to_string(recording.lives.size()) + " blocks: " + std::to_string(sums.sent) +
         " of periods that woke a sleeping notifier, " + std::to_string(sums.spared) +
         " that found one awake";
}

std::string events_text(const Recording& recording, const Facts& facts) {
  return std::to_string(recording.events.size()) + " events, " + std::to_string(recording.lost) + " lost, " +
         std::to_string(facts.incomplete) + " blocks incomplete";
}

std::string cost_text(const Facts& facts) {
  return "a stamp costs " + text_of_ps(facts.stamp_ps) +
         " here, of which a block's way holds about six; a point that is not traced costs " +
         text_of_ps(facts.silent_ps);
}

}  // namespace

std::string summary(const Recording& recording, const Facts& facts, std::size_t columns) {
  Sums sums;
  for (const BlockLife& life : recording.lives) sums.add(life);
  std::string text = cli::wrapped(title(facts), columns) + heading(columns);
  for (std::size_t i = 0; i < kPieces; ++i) text += row(kPieceNames[i], sums.each[i], columns);
  text += row("together", sums.together, columns);
  if (sums.signal.count() != 0) text += row("the waker pays", sums.signal, columns);
  return text + cli::wrapped(blocks_text(recording, sums), columns) +
         cli::wrapped(events_text(recording, facts), columns) + cli::wrapped(cost_text(facts), columns);
}

}  // namespace refwave::trace
