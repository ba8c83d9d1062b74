#include "bench/loopback/pieces.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <optional>
#include <utility>

namespace refwave::loopback {
namespace {

using Complex = std::complex<double>;

// Among a million places, the largest likeness of 2,048 frames of noise by chance is 0.12.
constexpr double kLeastLikeness = 0.2;
constexpr std::uint64_t kSearchSeconds = 4;  // the signal may be so much older than the recorded piece
constexpr std::uint64_t kAheadSeconds = 1;   // or so much ahead of it, because the input may begin later
constexpr std::int64_t kReach = 24;          // frames by which the delay may differ from the last piece's
constexpr std::size_t kMostSearches = 25;    // without a result; each takes a tenth of a second
constexpr double kMostDrift = 2e-3;          // of two clocks; a larger one is a series of losses
constexpr double kConfirmed = 0.25;          // frames

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

/// Returns: a frame of the signal; 0 before the signal's beginning.
double signal(std::int64_t frame) { return frame < 0 ? 0 : noise(static_cast<std::uint64_t>(frame)); }

/// Returns: the correlation coefficient without its sign; 1: equal but for the level.
double likeness(double product, double heard, double sent) {
  return sent == 0 ? 0 : std::abs(product) / std::sqrt(heard * sent);
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

/// Returns: the signal's frame among those from `earliest` on, `places` of them, at which the piece is most
/// like the signal; nothing if it is like it nowhere.
std::optional<std::int64_t> search(std::span<const std::int16_t> piece, std::int64_t earliest,
                                   std::size_t places) {
  std::vector<Complex> both(std::bit_ceil(places + piece.size()));
  for (std::size_t i = 0; i < places + piece.size(); ++i)
    both[i] = {signal(earliest + static_cast<std::int64_t>(i)),
               i < piece.size() ? static_cast<double>(piece[i]) : 0.0};
  std::vector<Complex> product(both.size());
  const Spectra spectra(std::move(both));
  for (std::size_t i = 0; i < product.size(); ++i)
    product[i] = spectra.sent(i) * std::conj(spectra.recorded(i));
  transform(product, 1);
  const auto best = std::max_element(
      product.begin(), product.begin() + static_cast<std::ptrdiff_t>(places),
      [](const Complex& a, const Complex& b) { return std::abs(a.real()) < std::abs(b.real()); });
  const double usual = static_cast<double>(piece.size()) * kPeak * (kPeak + 1) / 3;  // energy of the signal
  if (likeness(best->real() / static_cast<double>(product.size()), energy(piece), usual) < kLeastLikeness)
    return std::nullopt;
  return earliest + (best - product.begin());
}

/// Returns: the piece whose first frame is so near to the signal's frame `place`, to a fraction of a frame.
std::optional<Piece> refine(std::span<const std::int16_t> samples, std::uint64_t first, std::int64_t place) {
  std::vector<Complex> both(std::bit_ceil(samples.size()));
  double sent = 0;
  Piece piece{.first = first};
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::int64_t frame = place + static_cast<std::int64_t>(i);
    both[i] = {signal(frame), static_cast<double>(samples[i])};
    sent += both[i].real() * both[i].real();
    piece.gain += both[i].real() * both[i].imag();
    piece.equal_frames += frame >= 0 && both[i].real() == both[i].imag() ? 1 : 0;
  }
  piece.delay = static_cast<double>(static_cast<std::int64_t>(first) - place);
  // So many equal frames are no chance. The signal was not resampled, so the delay is a whole number.
  if (2 * piece.equal_frames <= samples.size()) {
    const std::size_t size = both.size();
    const Spectra spectra(std::move(both));
    const double fraction = fraction_between(spectra, size, piece.gain < 0 ? -1 : 1);
    piece.delay += fraction;
    piece.gain = product_at(spectra, size, fraction);
  }
  if (likeness(piece.gain, energy(samples), sent) < kLeastLikeness) return std::nullopt;
  piece.gain /= sent;
  return piece;
}

double growth(const Piece& before, const Piece& after) { return after.delay - before.delay; }
double distance(const Piece& before, const Piece& after) {
  return static_cast<double>(after.first - before.first);
}

}  // namespace

std::vector<Piece> find_pieces(std::span<const std::int16_t> recorded, std::uint32_t rate) {
  const auto older = static_cast<std::int64_t>(kSearchSeconds * rate);
  const auto newer = static_cast<std::int64_t>(kAheadSeconds * rate);
  const std::size_t stride = std::max(kPieceFrames, recorded.size() / kMostSearches);
  std::vector<Piece> found;
  std::size_t failed = 0;  // searches
  bool is_found = false;   // the last piece
  for (std::size_t at = 0; at + kPieceFrames <= recorded.size(); at += is_found ? kPieceFrames : stride) {
    const auto samples = recorded.subspan(at, kPieceFrames);
    const auto first = static_cast<std::int64_t>(at);
    const auto look = [&](std::int64_t earliest, std::int64_t latest) {
      const auto place = search(samples, earliest, static_cast<std::size_t>(latest - earliest));
      const auto piece = place ? refine(samples, at, *place) : std::nullopt;
      if (piece) found.push_back(*piece);
      return piece.has_value();
    };
    if (energy(samples) == 0) {
      is_found = false;
      continue;
    }
    if (is_found) {
      const std::int64_t near = first - std::llround(found.back().delay);
      is_found = look(near - kReach, near + kReach + 1);
    }
    if (!is_found && failed < kMostSearches) {
      is_found = look(std::max<std::int64_t>(first - older, 0), first + newer);
      failed += is_found ? 0 : 1;
    }
  }
  return found;
}

double usual_drift(const std::vector<Piece>& pieces) {
  std::vector<double> drifts;
  for (std::size_t i = 1; i < pieces.size(); ++i)
    drifts.push_back(growth(pieces[i - 1], pieces[i]) / distance(pieces[i - 1], pieces[i]));
  const double drift = median(drifts);
  return std::abs(drift) < kMostDrift ? drift : 0;
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
