#include "bench/loopback/correlation.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <utility>
#include <vector>

#include "bench/loopback/noise.h"

namespace refwave::loopback {
namespace {

using Complex = std::complex<double>;

// A coincidence among a million places of 8,192 frames reaches 0.06.
constexpr double kLeastLikeness = 0.2;
constexpr int kReach = 24;   // frames to either side that refine() looks at
constexpr int kSpread = 12;  // frames to either side that an interpolated value is made of

/// Effects: the discrete Fourier transform in place (Cooley and Tukey, radix 2); `sign`: -1, or 1 for the
/// inverse, which is not scaled. Precondition: the size is a power of two.
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

/// Returns: the signal's energy over so many frames, on average.
double usual_energy(std::size_t frames) { return static_cast<double>(frames) * kPeak * (kPeak + 1) / 3; }

/// Returns: a frame of the signal; before its beginning there was silence.
double signal(std::int64_t frame) { return frame < 0 ? 0 : noise(static_cast<std::uint64_t>(frame)); }

Match match_at(double delay, double product, double piece_energy, double sent) {
  return {delay, std::abs(product) / std::sqrt(piece_energy * sent), product / sent};
}

/// The cross-correlation at the delays around one, and between them.
class Neighbourhood {
 public:
  /// `sign`: -1 if the piece is upside down.
  Neighbourhood(std::span<const std::int16_t> piece, std::uint64_t first, std::int64_t delay, double sign) {
    const std::int64_t begin = static_cast<std::int64_t>(first) - delay;
    std::vector<double> sent(piece.size() + 2 * kSide);
    for (std::size_t i = 0; i < sent.size(); ++i)
      sent[i] = signal(begin - kSide + static_cast<std::int64_t>(i));
    for (std::size_t i = 0; i < piece.size(); ++i) sent_energy_ += sent[kSide + i] * sent[kSide + i];
    for (std::size_t k = 0; k < products_.size(); ++k) {
      // Value k is for `delay` + k - kSide.
      const double* from = sent.data() + 2 * kSide - k;
      double sum = 0;
      for (std::size_t i = 0; i < piece.size(); ++i) sum += piece[i] * from[i];
      products_[k] = sign * sum;
    }
  }

  /// Returns: the energy of what was sent `delay` before the piece.
  double sent_energy() const { return sent_energy_; }
  /// Returns: the correlation at `delay` + offset, between frames as the sampling theorem has it.
  double at(double offset) const {
    const int nearest = static_cast<int>(std::lround(offset));
    double sum = 0;
    for (int k = nearest - kSpread; k <= nearest + kSpread; ++k) {
      const double x = offset - k;
      // Hann's window.
      const double window = 0.5 + 0.5 * std::cos(std::numbers::pi * x / (kSpread + 1));
      const double angle = std::numbers::pi * x;
      sum += value(k) * window * (std::abs(x) < 1e-9 ? 1 : std::sin(angle) / angle);
    }
    return sum;
  }
  /// Returns: the offset of the largest value.
  double largest() const {
    int best = -kReach;
    for (int k = -kReach; k <= kReach; ++k)
      if (value(k) > value(best)) best = k;
    // The curve has one top within a frame of its largest value: ternary search.
    double low = best - 1;
    double high = best + 1;
    for (int i = 0; i < 40; ++i) {
      const double third = (high - low) / 3;
      if (at(low + third) < at(high - third)) {
        low += third;
      } else {
        high -= third;
      }
    }
    return (low + high) / 2;
  }

 private:
  static constexpr int kSide = kReach + 1 + kSpread;
  double value(int offset) const { return products_[static_cast<std::size_t>(offset + kSide)]; }

  std::array<double, 2 * kSide + 1> products_{};
  double sent_energy_ = 0;
};

}  // namespace

std::optional<Match> search(std::span<const std::int16_t> piece, std::uint64_t first, std::uint64_t earliest,
                            std::uint64_t latest) {
  const double heard = energy(piece);
  if (heard == 0 || latest <= earliest) return std::nullopt;
  const std::size_t places = static_cast<std::size_t>(latest - earliest);
  std::vector<Complex> both(std::bit_ceil(places + piece.size()));
  // Two real signals in one transform, the piece as the imaginary one.
  for (std::size_t i = 0; i < both.size(); ++i)
    both[i] = {i < places + piece.size() ? signal(static_cast<std::int64_t>(earliest + i)) : 0,
               i < piece.size() ? static_cast<double>(piece[i]) : 0};
  transform(both, -1);
  std::vector<Complex> product(both.size());
  for (std::size_t i = 0; i < both.size(); ++i) {
    const Complex mirrored = std::conj(both[(both.size() - i) % both.size()]);
    const Complex sent = (both[i] + mirrored) / 2.0;
    const Complex recorded = (both[i] - mirrored) / Complex(0, 2);
    product[i] = sent * std::conj(recorded);
  }
  transform(product, 1);
  const auto best = std::max_element(
      product.begin(), product.begin() + static_cast<std::ptrdiff_t>(places),
      [](const Complex& a, const Complex& b) { return std::abs(a.real()) < std::abs(b.real()); });
  const auto place = static_cast<std::int64_t>(earliest) + (best - product.begin());
  const Match match =
      match_at(static_cast<double>(static_cast<std::int64_t>(first) - place),
               best->real() / static_cast<double>(both.size()), heard, usual_energy(piece.size()));
  return match.likeness < kLeastLikeness ? std::nullopt : std::optional(match);
}

std::optional<Match> refine(std::span<const std::int16_t> piece, std::uint64_t first, const Match& near) {
  const double heard = energy(piece);
  if (heard == 0) return std::nullopt;
  const auto delay = static_cast<std::int64_t>(std::llround(near.delay));
  const double sign = near.gain < 0 ? -1 : 1;
  const Neighbourhood around(piece, first, delay, sign);
  const double offset = around.largest();
  const Match match =
      match_at(static_cast<double>(delay) + offset, sign * around.at(offset), heard, around.sent_energy());
  return match.likeness < kLeastLikeness ? std::nullopt : std::optional(match);
}

std::size_t equal_frames(std::span<const std::int16_t> piece, std::uint64_t first, std::int64_t delay) {
  std::size_t equal = 0;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const std::int64_t frame = static_cast<std::int64_t>(first + i) - delay;
    equal += frame >= 0 && noise(static_cast<std::uint64_t>(frame)) == piece[i] ? 1 : 0;
  }
  return equal;
}

}  // namespace refwave::loopback
