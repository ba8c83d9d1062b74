#include "bench/loopback/pieces.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>
#include <optional>
#include <utility>

namespace refwave::loopback {
namespace {

/// A piece of a recording that was found in the signal.
struct Match {
  double delay = 0;     // frames: recorded frame q is the signal's frame q - delay
  double likeness = 0;  // correlation coefficient without its sign; 1: equal but for the level
  double gain = 0;      // recorded level divided by played level; below 0: the sign is reversed
};

using Complex = std::complex<double>;

// Among a million places, the largest likeness of 2,048 frames of noise by chance is 0.12.
constexpr double kLeastLikeness = 0.2;
constexpr std::int64_t kReach = 24;  // frames before and after a place at which refine() looks, too

/// Effects: the discrete Fourier transform in place (Cooley and Tukey, radix 2). `sign` is -1, or 1 for the
/// inverse transform, which is not scaled. Precondition: the size is a power of two.
void transform(std::vector<Complex>& data, double sign) {
  const std::size_t size = data.size();
  for (std::size_t i = 1, j = 0; i < size; ++i) {
    std::size_t bit = size >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(data[i], data[j]);
  }
  for (std::size_t length = 2; length <= size; length *= 2) {
    std::vector<Complex> turns(length / 2);
    for (std::size_t k = 0; k < turns.size(); ++k)
      turns[k] =
          std::polar(1.0, sign * 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(length));
    for (std::size_t begin = 0; begin < size; begin += length) {
      for (std::size_t k = 0; k < turns.size(); ++k) {
        const Complex even = data[begin + k];
        const Complex odd = data[begin + k + turns.size()] * turns[k];
        data[begin + k] = even + odd;
        data[begin + k + turns.size()] = even - odd;
      }
    }
  }
}

double energy(std::span<const std::int16_t> samples) {
  double sum = 0;
  for (const std::int16_t sample : samples) sum += static_cast<double>(sample) * sample;
  return sum;
}

/// Returns: the mean energy of so many frames of the signal.
double usual_energy(std::size_t frames) { return static_cast<double>(frames) * kPeak * (kPeak + 1) / 3; }

/// Returns: a frame of the signal; 0 before the signal's beginning.
double signal(std::int64_t frame) { return frame < 0 ? 0 : noise(static_cast<std::uint64_t>(frame)); }

Match match_at(double delay, double product, double piece_energy, double sent) {
  if (sent == 0) return {delay, 0, 0};
  return {delay, std::abs(product) / std::sqrt(piece_energy * sent), product / sent};
}

/// The spectra of two real signals by one transform: the sent signal is the real part, the recorded one the
/// imaginary part. The data's size is a power of two.
struct Spectra {
  explicit Spectra(std::vector<Complex> both) : both_(std::move(both)) { transform(both_, -1); }

  Complex sent(std::size_t i) const { return (both_[i] + mirrored(i)) / 2.0; }
  Complex recorded(std::size_t i) const { return (both_[i] - mirrored(i)) / Complex(0, 2); }

 private:
  Complex mirrored(std::size_t i) const { return std::conj(both_[(both_.size() - i) % both_.size()]); }
  std::vector<Complex> both_;
};

/// Returns: the signal's frames that were sent `delay` frames before the piece.
std::vector<double> sent_for(std::span<const std::int16_t> piece, std::uint64_t first, std::int64_t delay) {
  std::vector<double> sent(piece.size());
  for (std::size_t i = 0; i < sent.size(); ++i)
    sent[i] = signal(static_cast<std::int64_t>(first + i) - delay);
  return sent;
}

/// Returns: the delay with the largest correlation, among those no further than kReach from `delay`.
std::int64_t best_around(std::span<const std::int16_t> piece, std::uint64_t first, std::int64_t delay,
                         double sign) {
  const auto product = [&](std::int64_t at) {
    const std::vector<double> sent = sent_for(piece, first, at);
    return sign * std::inner_product(sent.begin(), sent.end(), piece.begin(), 0.0);
  };
  std::int64_t best = delay;
  double largest = product(delay);
  // The nearest delays come first, because the delay rarely changes from one piece to the next.
  for (std::int64_t k = 1; k <= kReach; ++k) {
    for (const std::int64_t at : {delay - k, delay + k}) {
      if (const double value = product(at); value > largest) {
        largest = value;
        best = at;
      }
    }
  }
  return best;
}

/// Returns: the fraction of a frame by which the recorded signal is later than the sent one. It is the slope
/// of the phase between them over the frequencies, each with its power as its weight. The highest frequencies
/// are left out, because filters are steep there.
double fraction_between(const Spectra& spectra, std::size_t size, double sign) {
  constexpr double kBand = 0.8;
  double phases = 0;
  double squares = 0;
  const auto end = static_cast<std::size_t>(kBand * static_cast<double>(size) / 2);
  for (std::size_t i = 1; i < end; ++i) {
    const Complex product = sign * spectra.recorded(i) * std::conj(spectra.sent(i));
    const double frequency = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(size);
    phases += std::norm(product) * std::arg(product) * frequency;
    squares += std::norm(product) * frequency * frequency;
  }
  return squares > 0 ? -phases / squares : 0;
}

/// Returns: the correlation of the two signals after the recorded one is moved back by that fraction of a
/// frame.
double product_at(const Spectra& spectra, std::size_t size, double fraction) {
  double sum = 0;
  for (std::size_t i = 1; i < size / 2; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(size) * fraction;
    sum += (spectra.recorded(i) * std::conj(spectra.sent(i)) * std::polar(1.0, angle)).real();
  }
  return 2 * sum / static_cast<double>(size);
}

/// Returns: the place where the piece begins among the signal's frames from `earliest` to `latest`, to a
/// whole frame; nothing if no place is like the piece. `first`: the piece's first frame in the recording.
std::optional<Match> search(std::span<const std::int16_t> piece, std::uint64_t first, std::uint64_t earliest,
                            std::uint64_t latest) {
  const double heard = energy(piece);
  if (heard == 0 || latest <= earliest) return std::nullopt;
  const auto places = static_cast<std::size_t>(latest - earliest);
  std::vector<Complex> both(std::bit_ceil(places + piece.size()));
  for (std::size_t i = 0; i < places + piece.size(); ++i)
    both[i] = {signal(static_cast<std::int64_t>(earliest + i)),
               i < piece.size() ? static_cast<double>(piece[i]) : 0.0};
  std::vector<Complex> product(both.size());
  const Spectra spectra(std::move(both));
  for (std::size_t i = 0; i < product.size(); ++i)
    product[i] = spectra.sent(i) * std::conj(spectra.recorded(i));
  transform(product, 1);
  const auto best = std::max_element(
      product.begin(), product.begin() + static_cast<std::ptrdiff_t>(places),
      [](const Complex& a, const Complex& b) { return std::abs(a.real()) < std::abs(b.real()); });
  const auto place = static_cast<std::int64_t>(earliest) + (best - product.begin());
  const Match match =
      match_at(static_cast<double>(static_cast<std::int64_t>(first) - place),
               best->real() / static_cast<double>(product.size()), heard, usual_energy(piece.size()));
  return match.likeness < kLeastLikeness ? std::nullopt : std::optional(match);
}

/// Returns: the place within some frames of `near`, to a fraction of a frame; nothing if no place is like it.
std::optional<Match> refine(std::span<const std::int16_t> piece, std::uint64_t first, const Match& near) {
  const double heard = energy(piece);
  if (heard == 0) return std::nullopt;
  const double sign = near.gain < 0 ? -1 : 1;
  const std::int64_t delay =
      best_around(piece, first, static_cast<std::int64_t>(std::llround(near.delay)), sign);
  const std::vector<double> sent = sent_for(piece, first, delay);
  std::vector<Complex> both(std::bit_ceil(piece.size()));
  for (std::size_t i = 0; i < piece.size(); ++i) both[i] = {sent[i], static_cast<double>(piece[i])};
  const std::size_t size = both.size();
  const Spectra spectra(std::move(both));
  const double fraction = fraction_between(spectra, size, sign);
  const Match match = match_at(static_cast<double>(delay) + fraction, product_at(spectra, size, fraction),
                               heard, std::inner_product(sent.begin(), sent.end(), sent.begin(), 0.0));
  return match.likeness < kLeastLikeness ? std::nullopt : std::optional(match);
}

/// Returns: how many of the piece's frames equal the signal at that delay, bit for bit.
std::size_t equal_frames(std::span<const std::int16_t> piece, std::uint64_t first, std::int64_t delay) {
  std::size_t equal = 0;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const std::int64_t frame = static_cast<std::int64_t>(first + i) - delay;
    equal += frame >= 0 && noise(static_cast<std::uint64_t>(frame)) == piece[i] ? 1 : 0;
  }
  return equal;
}

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
