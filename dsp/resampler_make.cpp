// The control thread's half of the resampler: making and destroying it.
#include <algorithm>
#include <new>
#include <numeric>
#include <utility>

#include "dsp/kernels/kernels.h"
#include "dsp/resampler.h"

namespace refwave::dsp {
namespace {

constexpr std::uint64_t kMostRatio = 256;

bool is_possible(std::uint16_t channels, std::uint32_t in_rate, std::uint32_t out_rate) noexcept {
  if (channels == 0 || channels > kMaxChannels || in_rate == 0 || out_rate == 0) return false;
  return in_rate <= kMostRatio * out_rate && out_rate <= kMostRatio * in_rate;
}

}  // namespace

std::unique_ptr<Resampler> Resampler::make(std::uint16_t channels, std::uint32_t in_rate,
                                           std::uint32_t out_rate, Quality quality) noexcept {
  if (!is_possible(channels, in_rate, out_rate)) return nullptr;
  const std::uint32_t divisor = std::gcd(in_rate, out_rate);
  in_rate /= divisor;
  out_rate /= divisor;
  SharedBank bank = shared_bank(bank_key(quality, in_rate, out_rate));
  if (!bank) return nullptr;
  std::unique_ptr<Resampler> made(new (std::nothrow) Resampler(channels, in_rate, out_rate, std::move(bank)));
  return made && made->make_room() ? std::move(made) : nullptr;
}

Resampler::Resampler(std::uint16_t channels, std::uint32_t in_rate, std::uint32_t out_rate,
                     SharedBank bank) noexcept
    : channels_(channels),
      in_rate_(in_rate),
      out_rate_(out_rate),
      bank_(std::move(bank)),
      kernels_(kernels()) {}

Resampler::~Resampler() = default;

bool Resampler::make_room() noexcept {
  // Input frames that are taken before those that are left must move to the front.
  constexpr std::size_t kRoomFrames = 512;
  const std::size_t row = bank_->key.row_length();
  const std::size_t group = bank_->key.has_groups() ? bank_->key.taps() : row;
  capacity_ = group + std::max(kRoomFrames, row);
  stride_ = capacity_ + (group - row);
  history_ = make_floats(stride_ * channels_);
  blend_ = make_floats(row);
  if (!history_ || !blend_) return false;
  reset();
  return true;
}

}  // namespace refwave::dsp
