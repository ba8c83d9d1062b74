// The control thread's half: making it, and preparing its filters.
#include <algorithm>
#include <cmath>
#include <new>
#include <utility>

#include "dsp/kernels/kernels.h"
#include "dsp/speed/varispeed.h"

namespace refwave::dsp {
namespace {

double stretch_of(std::size_t filter) noexcept { return std::exp2(static_cast<double>(filter) / 12); }

}  // namespace

std::unique_ptr<Varispeed> Varispeed::make(std::uint16_t channels, Quality quality) noexcept {
  std::unique_ptr<Varispeed> made(new (std::nothrow) Varispeed(channels, quality));
  return made && made->make_room() ? std::move(made) : nullptr;
}

Varispeed::Varispeed(std::uint16_t channels, Quality quality) noexcept
    : channels_(channels), quality_(quality), kernels_(kernels()) {
  for (std::size_t filter = 0; filter < kFilters; ++filter)
    reach_[filter] = static_cast<std::uint64_t>(std::llround(stretch_of(filter) * kPhases));
}

bool Varispeed::make_room() noexcept {
  // Input frames that are taken before those that are left must move to the front.
  constexpr std::size_t kRoomFrames = 1024;
  const std::size_t longest = key_of(kFilters - 1).row_length();
  kept_ = longest;
  capacity_ = 2 * longest + kRoomFrames;
  history_ = make_floats(capacity_ * channels_);
  blend_ = make_floats(longest);
  old_ = make_floats(kFadeFrames * channels_);
  if (!history_ || !blend_ || !old_) return false;
  reset();
  return true;
}

BankKey Varispeed::key_of(std::size_t filter) const noexcept {
  constexpr std::uint32_t kOne = 1U << 20;
  const double stretch = stretch_of(filter);
  const auto in_rate = static_cast<std::uint32_t>(std::lround(stretch * kOne));
  return {.shape = filter_shape(quality_, in_rate, kOne),
          .rows_a_frame = static_cast<std::uint32_t>(kRowsBetween / stretch) + 1};
}

bool Varispeed::prepare(Ratio ratio) noexcept {
  const std::size_t filter = filter_for(ratio / 2);
  if (owned_[filter]) return true;
  owned_[filter] = shared_bank(key_of(filter));
  if (!owned_[filter]) return false;
  // Release: pairs with bank_of().
  banks_[filter].store(owned_[filter].get(), std::memory_order_release);
  return true;
}

}  // namespace refwave::dsp
