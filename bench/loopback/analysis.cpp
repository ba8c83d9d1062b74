#include "bench/loopback/analysis.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "bench/loopback/pieces.h"

namespace refwave::loopback {
namespace {

// If the driver finishes two blocks at the same time, their reports are no further apart than this.
constexpr double kTogetherSeconds = 150e-6;
constexpr double kReachSeconds = 0.25;
constexpr double kLongestPauseNs = 50e6;  // a device may report several blocks at a time

Figures figures(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
  };
  return {values.front(), at(0.5), at(0.99), values.back(), values.size()};
}

/// Effects: counts the frames that were lost or doubled between one piece and the next. Returns: the delays
/// of all pieces without these jumps.
std::vector<double> count_jumps(const std::vector<Piece>& pieces, double drift, Result& result) {
  std::vector<double> delays;
  double jumped = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i > 0) {
      const double frames = static_cast<double>(pieces[i].first - pieces[i - 1].first);
      const double jump = std::round(pieces[i].delay - pieces[i - 1].delay - drift * frames);
      jumped += jump;
      const auto count = static_cast<std::uint64_t>(std::abs(jump));
      (jump < 0 ? result.lost_frames : result.doubled_frames) += count;
      result.places += count != 0 ? 1 : 0;
    }
    delays.push_back(pieces[i].delay - jumped);
  }
  return delays;
}

/// Returns: the slope of the straight line through the delays (least squares), in frames a frame.
double slope(const std::vector<Piece>& pieces, const std::vector<double>& delays) {
  const auto count = static_cast<double>(pieces.size());
  double x_mean = 0;
  double y_mean = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    x_mean += static_cast<double>(pieces[i].first) / count;
    y_mean += delays[i] / count;
  }
  double xx = 0;
  double xy = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const double x = static_cast<double>(pieces[i].first) - x_mean;
    xx += x * x;
    xy += x * (delays[i] - y_mean);
  }
  return xx > 0 ? xy / xx : 0;
}

/// A stream's position at any time, from the reports of its blocks. It follows the line under the reports
/// around that time, because a report may be late and is never early.
class Pace {
 public:
  /// `times_ns`: the times of the blocks' reports; not empty.
  Pace(const std::vector<std::int64_t>& times_ns, const Recording& of)
      : times_ns_(times_ns),
        block_frames_(of.block_frames),
        ns_per_frame_(1e9 / of.rate),
        reach_(
            std::max<std::size_t>(4, static_cast<std::size_t>(kReachSeconds * of.rate / of.block_frames))) {
    // The median time of `span` blocks, in which interruptions and late reports do not count.
    const std::size_t span = std::min<std::size_t>(50, times_ns.size() / 2);
    std::vector<std::int64_t> spans;
    for (std::size_t i = span; i < times_ns.size(); ++i) spans.push_back(times_ns[i] - times_ns[i - span]);
    if (span != 0)
      ns_per_frame_ = static_cast<double>(median(spans)) / (static_cast<double>(span) * block_frames_);
  }

  /// Returns: the time at which so many frames were done, in ns.
  double time_of(double frames) const {
    const double block =
        std::clamp(frames / block_frames_ - 1, 0.0, static_cast<double>(times_ns_.size() - 1));
    return earliest(static_cast<std::size_t>(block)) + frames * ns_per_frame_;
  }
  /// Returns: how many frames were done at that time.
  double frames_at(double time_ns) const {
    const auto after = std::ranges::upper_bound(times_ns_, static_cast<std::int64_t>(time_ns));
    const auto block = static_cast<std::size_t>(after - times_ns_.begin());
    return (time_ns - earliest(std::min(block, times_ns_.size() - 1))) / ns_per_frame_;
  }
  /// Returns: whether the stream stalled between these times, or up to a block before or after.
  bool has_stalled(double begin_ns, double end_ns) const {
    const double block_ns = block_frames_ * ns_per_frame_;
    const auto from = static_cast<std::int64_t>(begin_ns - block_ns);
    const auto to = static_cast<std::int64_t>(end_ns + block_ns);
    const auto after = std::ranges::upper_bound(times_ns_, from) - times_ns_.begin();
    for (std::size_t i = std::max<std::size_t>(1, static_cast<std::size_t>(after));
         i < times_ns_.size() && times_ns_[i - 1] < to; ++i)
      if (is_interrupted(i)) return true;
    return false;
  }

 private:
  /// Returns: the time of frame 0 on the line under the reports around `block`, up to the nearest
  /// interruptions.
  double earliest(std::size_t block) const {
    const auto zero = [&](std::size_t i) {
      return static_cast<double>(times_ns_[i]) - static_cast<double>(i + 1) * block_frames_ * ns_per_frame_;
    };
    double least = zero(block);
    for (std::size_t i = block; i > 0 && block - i < reach_ && !is_interrupted(i); --i)
      least = std::min(least, zero(i - 1));
    for (std::size_t i = block + 1; i < times_ns_.size() && i - block <= reach_ && !is_interrupted(i); ++i)
      least = std::min(least, zero(i));
    return least;
  }
  /// Returns: whether the stream stalled before that block's report.
  bool is_interrupted(std::size_t block) const {
    const double gap_ns = static_cast<double>(times_ns_[block] - times_ns_[block - 1]);
    return gap_ns > 3 * block_frames_ * ns_per_frame_ + kLongestPauseNs;
  }

  const std::vector<std::int64_t>& times_ns_;
  double block_frames_;
  double ns_per_frame_;
  std::size_t reach_;  // in blocks
};

/// Returns: for each piece the lead of the playing over the recording, in frames: the frames that the driver
/// had taken when it recorded the piece's last frame, less the frames that it had recorded. The times of the
/// reports give both.
std::vector<double> timed_leads(const Pace& taken, const Pace& recorded, const std::vector<Piece>& pieces) {
  std::vector<double> all;
  for (const Piece& piece : pieces) {
    const double place = static_cast<double>(piece.first) + kPieceFrames;
    all.push_back(taken.frames_at(recorded.time_of(place)) - place);
  }
  return all;
}

/// Returns: whether most reports come one block's length after the report before. Then the end of each block
/// is the end of a device period, too.
bool is_even(const std::vector<std::int64_t>& times_ns, double block_seconds) {
  std::vector<double> off;
  for (std::size_t i = 1; i < times_ns.size(); ++i)
    off.push_back(std::abs(static_cast<double>(times_ns[i] - times_ns[i - 1]) / 1e9 - block_seconds));
  return median(std::move(off)) < kTogetherSeconds;
}

/// Returns: whether most blocks of both directions are reported together, and evenly.
bool is_in_step(const Recording& recording) {
  const double block_seconds = static_cast<double>(recording.block_frames) / recording.rate;
  if (block_seconds < 8 * kTogetherSeconds || !is_even(recording.done_ns, block_seconds) ||
      !is_even(recording.recorded_ns, block_seconds))
    return false;
  std::vector<double> apart;
  for (const std::int64_t time : recording.recorded_ns) {
    const auto after = std::ranges::lower_bound(recording.done_ns, time);
    double nearest = block_seconds * 1e9;
    if (after != recording.done_ns.end()) nearest = static_cast<double>(*after - time);
    if (after != recording.done_ns.begin())
      nearest = std::min(nearest, static_cast<double>(time - after[-1]));
    apart.push_back(nearest / 1e9);
  }
  return median(std::move(apart)) < kTogetherSeconds;
}

/// Returns: the leads, counted in whole blocks. Half a block after each report the other direction reports
/// nothing, so its reports can be counted there. The median of the counts around a piece is taken, because
/// some reports are late.
std::vector<double> counted_leads(const Recording& recording, const std::vector<Piece>& pieces) {
  constexpr double kAroundSeconds = 0.35;  // before the piece, and as long after it
  const auto around = std::max(
      std::int64_t{8}, static_cast<std::int64_t>(kAroundSeconds * recording.rate / recording.block_frames));
  const auto half_ns = static_cast<std::int64_t>(5e8 * recording.block_frames / recording.rate);
  std::vector<std::int64_t> by_block;
  for (const std::int64_t time : recording.recorded_ns) {
    const auto after = std::ranges::upper_bound(recording.done_ns, time + half_ns);
    by_block.push_back((after - recording.done_ns.begin()) - std::ssize(by_block) - 1);
  }
  std::vector<double> all;
  for (const Piece& piece : pieces) {
    const auto block = static_cast<std::int64_t>(piece.first / recording.block_frames);
    const auto begin = std::clamp<std::int64_t>(block - around, 0, std::ssize(by_block) - 1);
    const auto end = std::min<std::int64_t>(block + around + 1, std::ssize(by_block));
    const std::vector<std::int64_t> near(by_block.data() + begin, by_block.data() + end);
    all.push_back(static_cast<double>(median(near) * recording.block_frames));
  }
  return all;
}

/// Returns: for each recorded block, in ms, the time from the client's write of the frame in its middle to
/// this block's report.
std::vector<double> client_times(const Recording& recording, const std::vector<Piece>& pieces) {
  std::vector<double> all;
  std::size_t piece = 0;
  for (std::size_t block = 0; block < recording.recorded_ns.size(); ++block) {
    const std::uint64_t frame = block * recording.block_frames + recording.block_frames / 2;
    while (piece < pieces.size() && pieces[piece].first + kPieceFrames <= frame) ++piece;
    if (piece == pieces.size() || pieces[piece].first > frame) continue;
    const double sent =
        std::floor((static_cast<double>(frame) - pieces[piece].delay) / recording.block_frames);
    if (sent < 0 || sent >= static_cast<double>(recording.written_ns.size())) continue;
    const std::int64_t ns =
        recording.recorded_ns[block] - recording.written_ns[static_cast<std::size_t>(sent)];
    all.push_back(static_cast<double>(ns) / 1e6);
  }
  return all;
}

}  // namespace

std::optional<Result> analyse(const Recording& recording) {
  const std::vector<Piece> pieces = find_pieces(recording.samples, recording.rate);
  if (pieces.empty() || recording.done_ns.empty()) return std::nullopt;
  std::vector<Piece> settled = settled_pieces(pieces);
  if (settled.empty()) settled = pieces;
  Result result;
  for (const Piece& piece : pieces) {
    result.compared_frames += kPieceFrames;
    result.equal_frames += piece.equal_frames;
  }
  result.drift_ppm = 1e6 * slope(settled, count_jumps(settled, usual_drift(settled), result));
  result.in_step = is_in_step(recording);
  const Pace taken(recording.done_ns, recording), recorded(recording.recorded_ns, recording);
  result.spoilt_pieces = std::erase_if(settled, [&](const Piece& piece) {
    const auto first = static_cast<double>(piece.first);
    const double begin_ns = recorded.time_of(first), end_ns = recorded.time_of(first + kPieceFrames);
    return taken.has_stalled(begin_ns, end_ns) || recorded.has_stalled(begin_ns, end_ns);
  });
  std::vector<double> round_trips =
      result.in_step ? counted_leads(recording, settled) : timed_leads(taken, recorded, settled);
  // Times are less exact than frames, and no sound comes back before it was played.
  for (std::size_t i = 0; i < settled.size(); ++i)
    round_trips[i] = std::max(0.0, round_trips[i] + settled[i].delay);
  result.round_trip_frames = figures(std::move(round_trips));
  result.written_to_recorded_ms = figures(client_times(recording, settled));
  std::vector<double> gains;
  for (const Piece& piece : settled) gains.push_back(piece.gain);
  result.gain = median(gains);
  return result;
}

}  // namespace refwave::loopback
