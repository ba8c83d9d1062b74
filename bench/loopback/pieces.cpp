#include "bench/loopback/pieces.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "bench/loopback/correlation.h"

namespace refwave::loopback {
namespace {

constexpr std::uint64_t kSearchSeconds = 4;  // the signal may be so much older than the recorded piece
constexpr std::uint64_t kAheadSeconds = 1;   // or so much ahead of it, because the input may begin later
constexpr std::size_t kMostSearches = 25;    // without a result; each takes a tenth of a second
constexpr double kMostDrift = 2e-3;          // of two clocks; a larger one is a series of losses
constexpr double kConfirmed = 0.25;          // frames

/// Walks through a recording piece by piece, and remembers the delay of the last piece that it found.
class Walk {
 public:
  Walk(std::span<const std::int16_t> recorded, std::uint32_t rate)
      : recorded_(recorded),
        reach_(kSearchSeconds * rate),
        ahead_(kAheadSeconds * rate),
        stride_(std::max(kPieceFrames, recorded.size() / kMostSearches)) {}

  std::vector<Piece> run() {
    while (at_ + kPieceFrames <= recorded_.size()) {
      const auto piece = recorded_.subspan(at_, kPieceFrames);
      std::optional<Match> match = last_ ? refine(piece, at_, *last_) : std::nullopt;
      if (!match && (last_ = find())) match = refine(piece, at_, *last_);
      if (match) keep(piece, *match);
      at_ += last_ ? kPieceFrames : stride_;
    }
    return std::move(found_);
  }

 private:
  /// Returns: the place of the present piece in the signal; nothing if it is not there.
  std::optional<Match> find() {
    if (searches_ >= kMostSearches) return std::nullopt;
    const auto piece = recorded_.subspan(at_, kPieceFrames);
    const auto found = search(piece, at_, at_ > reach_ ? at_ - reach_ : 0, at_ + ahead_);
    if (!found) ++searches_;
    return found;
  }
  void keep(std::span<const std::int16_t> piece, Match match) {
    const double whole = std::round(match.delay);
    const std::size_t equal = equal_frames(piece, at_, static_cast<std::int64_t>(whole));
    // So many equal frames are no chance. The signal was not resampled, so the delay is a whole number.
    if (2 * equal > piece.size()) match.delay = whole;
    found_.push_back({at_, match.delay, match.gain, equal});
    last_ = match;
  }

  std::span<const std::int16_t> recorded_;
  std::uint64_t reach_;
  std::uint64_t ahead_;
  std::size_t stride_;
  std::size_t at_ = 0;
  std::size_t searches_ = 0;  // without a result
  std::optional<Match> last_;
  std::vector<Piece> found_;
};

double growth(const Piece& before, const Piece& after) { return after.delay - before.delay; }
double distance(const Piece& before, const Piece& after) {
  return static_cast<double>(after.first - before.first);
}

}  // namespace

std::vector<Piece> find_pieces(std::span<const std::int16_t> recorded, std::uint32_t rate) {
  return Walk(recorded, rate).run();
}

double usual_drift(const std::vector<Piece>& pieces) {
  std::vector<double> drifts;
  for (std::size_t i = 1; i < pieces.size(); ++i)
    drifts.push_back(growth(pieces[i - 1], pieces[i]) / distance(pieces[i - 1], pieces[i]));
  if (drifts.empty()) return 0;
  const auto middle = drifts.begin() + static_cast<std::ptrdiff_t>(drifts.size() / 2);
  std::ranges::nth_element(drifts, middle);
  return std::abs(*middle) < kMostDrift ? *middle : 0;
}

std::vector<Piece> settled_pieces(const std::vector<Piece>& pieces) {
  const double drift = usual_drift(pieces);
  const auto agree = [&](const Piece& before, const Piece& after) {
    return std::abs(growth(before, after) - drift * distance(before, after)) < kConfirmed;
  };
  std::vector<Piece> settled;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const bool before = i > 0 && agree(pieces[i - 1], pieces[i]);
    const bool after = i + 1 < pieces.size() && agree(pieces[i], pieces[i + 1]);
    if (before || after) settled.push_back(pieces[i]);
  }
  return settled;
}

}  // namespace refwave::loopback
