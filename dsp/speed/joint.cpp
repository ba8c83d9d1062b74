// The joint lies where the squares of what differs are least, so where the difference's product with the
// slope of the sound is zero. That product is a sum over the sound's frames, and a sound between two frames
// is a sum over frames as well: so the products at whole frames, put through the filter of a place, are the
// product at that place. They are computed once, and the zero is then found by Newton's steps on 40 numbers.
#include "dsp/speed/joint.h"

#include <algorithm>
#include <cmath>

namespace refwave::dsp {
namespace {

constexpr std::size_t kSums = 8;  // so that the compiler may use vectors

constexpr std::size_t kLagsBefore = FractionalDelay::kBefore + kMostRefined;
constexpr std::size_t kLags = FractionalDelay::kTaps + 2 * kMostRefined;
using Products = std::array<float, kLags>;

REFWAVE_AUDIO_THREAD float product(const float* one, const float* other, std::size_t count) noexcept {
  std::array<float, kSums> sums{};
  std::size_t i = 0;
  for (; i + kSums <= count; i += kSums)
    for (std::size_t lane = 0; lane < kSums; ++lane) sums[lane] += one[i + lane] * other[i + lane];
  for (; i < count; ++i) sums[0] += one[i] * other[i];
  double sum = 0;
  for (const float part : sums) sum += double{part};
  return static_cast<float>(sum);
}

/// Returns: the product at the place `after` frames after the one that is refined.
REFWAVE_AUDIO_THREAD double product_at(const FractionalDelay& filter, const Products& products,
                                       double after) noexcept {
  const double whole = std::floor(after);
  const auto row = filter.row_at(after - whole);
  const auto first = static_cast<std::size_t>(whole + static_cast<double>(kMostRefined));
  double sum = 0;
  for (std::size_t tap = 0; tap < row.size(); ++tap) sum += double{row[tap]} * double{products[first + tap]};
  return sum;
}

}  // namespace

float likeness(const float* one, const float* other, std::size_t count) noexcept {
  const float loud = product(other, other, count);
  return loud > 0 ? product(one, other, count) / std::sqrt(loud) : 0;
}

double refined_joint(const FractionalDelay& filter, const float* pattern, float* slope, const float* sound,
                     std::size_t channels, std::size_t frames, double about) noexcept {
  constexpr double kStep = 1.0 / 16;
  constexpr double kLeastRise = 1e-15;
  constexpr int kMostSteps = 12;
  // The first and the last frame have no slope, which is the step from the frame before to the one after.
  const std::size_t count = (frames - 2) * channels;
  for (std::size_t i = 0; i < count; ++i) slope[i] = pattern[i + 2 * channels] - pattern[i];
  Products products;
  const float* at = sound + channels - kLagsBefore * channels;
  for (float& sum : products) {
    sum = product(slope, at, count);
    at += channels;
  }
  const auto wanted = double{product(slope, pattern + channels, count)};
  double place = about;
  for (int i = 0; i < kMostSteps; ++i) {
    const double rise =
        (product_at(filter, products, place + kStep) - product_at(filter, products, place - kStep)) /
        (2 * kStep);
    if (!(rise > kLeastRise)) return about;
    const double step = std::clamp((wanted - product_at(filter, products, place)) / rise, -0.5, 0.5);
    place += step;
    if (std::abs(place) > static_cast<double>(kMostRefined) - 2 * kStep) return about;
    if (std::abs(step) < 1e-6) return place;
  }
  return about;
}

bool FractionalDelay::make() noexcept {
  bank_ = shared_bank({.shape = filter_shape(Quality::fastest, 1, 1), .rows_a_frame = kRowsBetween + 1});
  return bank_ != nullptr;
}

/// The cubic through four rows (dsp/kernels/kernels.h).
FractionalDelay::Row FractionalDelay::row_at(double part) const noexcept {
  const double place = part * bank_->key.rows_a_frame;
  // A part may be so near to 1 that it was rounded to it.
  const auto before = std::min<std::size_t>(static_cast<std::size_t>(place), bank_->key.rows_a_frame - 1);
  const auto t = static_cast<float>(place - static_cast<double>(before));
  const std::array<float, 4> shares = {-t * (t - 1) * (t - 2) / 6, (t + 1) * (t - 1) * (t - 2) / 2,
                                       -(t + 1) * t * (t - 2) / 2, (t + 1) * t * (t - 1) / 6};
  // A row begins with zeros.
  const std::size_t length = bank_->key.row_length();
  const float* in = bank_->coefficients.get() + before * length + (length - kTaps);
  Row row{};
  for (const float share : shares) {
    for (std::size_t tap = 0; tap < kTaps; ++tap) row[tap] += share * in[tap];
    in += length;
  }
  return row;
}

void FractionalDelay::read(const float* in, std::size_t channels, const Row& row, float* out,
                           std::size_t count) noexcept {
  std::fill_n(out, count, 0.0F);
  for (std::size_t tap = 0; tap < row.size(); ++tap) {
    const float* const from = in + tap * channels - kBefore * channels;
    for (std::size_t i = 0; i < count; ++i) out[i] += row[tap] * from[i];
  }
}

}  // namespace refwave::dsp
