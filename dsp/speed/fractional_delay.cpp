#include "dsp/speed/fractional_delay.h"

#include <algorithm>

namespace refwave::dsp {
namespace {

/// Returns: the sum of the taps' products for `kLanes` samples that lie next to each other.
template <std::size_t kLanes>
REFWAVE_AUDIO_THREAD inline std::array<float, kLanes> sums(const float* first, std::size_t channels,
                                                           const FractionalDelay::Row& row) noexcept {
  std::array<float, kLanes> sum{};
  for (std::size_t tap = 0; tap < row.size(); ++tap) {
    const float* const in = first + tap * channels;
    for (std::size_t lane = 0; lane < kLanes; ++lane) sum[lane] += row[tap] * in[lane];
  }
  return sum;
}

}  // namespace

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
  constexpr std::size_t kLanes = 16;
  const float* const first = in - kBefore * channels;
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const auto made = sums<kLanes>(first + i, channels, row);
    std::copy(made.begin(), made.end(), out + i);
  }
  for (; i < count; ++i) out[i] = sums<1>(first + i, channels, row)[0];
}

}  // namespace refwave::dsp
