#include "tests/memory_model/checker/choices.h"

#include <bit>

namespace refwave::memory_model {
namespace {

/// Returns: the number of the `n`th bit that is set.
std::size_t nth_bit(std::uint32_t bits, std::size_t n) noexcept {
  for (; n > 0; --n) bits &= bits - 1;
  return static_cast<std::size_t>(std::countr_zero(bits));
}

}  // namespace

// SplitMix64.
std::uint64_t Choices::next() noexcept {
  state_ += 0x9E37'79B9'7F4A'7C15U;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xBF58'476D'1CE4'E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D0'49BB'1331'11EBU;
  return z ^ (z >> 31U);
}

void Choices::begin() noexcept {
  state_ = next_seed_++ * 0xD134'2543'DE82'EF95U;
  constexpr std::array<std::uint32_t, 4> kStay{0, 128, 208, 240};
  constexpr std::array<std::uint32_t, 4> kUnusual{16, 64, 112, 160};
  constexpr std::array<std::uint32_t, 4> kLength{16, 40, 100, 300};
  by_priority_ = any(3) == 0;
  is_fair_ = any(32) != 0;
  turn_ = 0;
  stay_ = kStay[any(kStay.size())];
  unusual_ = kUnusual[any(kUnusual.size())];
  step_ = 0;
  lowest_ = -1;
  for (std::size_t i = 0; i < kThreads; ++i) priority_[i] = static_cast<std::int32_t>(any(1'000));
  const std::size_t length = kLength[any(kLength.size())];
  for (auto& change : changes_) change = static_cast<std::uint32_t>(any(length));
}

std::size_t Choices::any(std::size_t count) noexcept {
  return static_cast<std::size_t>((next() >> 32U) * count >> 32U);
}

std::size_t Choices::unusual(std::size_t count) noexcept {
  return count > 1 && any(256) < unusual_ ? 1 + any(count - 1) : 0;
}

std::size_t Choices::highest(std::uint32_t ready) const noexcept {
  std::size_t best = nth_bit(ready, 0);
  for (std::size_t i = best + 1; i < kThreads; ++i) {
    if ((ready >> i & 1U) != 0 && priority_[i] > priority_[best]) best = i;
  }
  return best;
}

std::size_t Choices::by_priority(std::uint32_t ready, std::size_t current, bool yields) noexcept {
  bool falls = yields || (is_fair_ && ++turn_ > kTurn);
  for (const std::uint32_t change : changes_) falls = falls || change == step_;
  if (falls && current < kThreads) priority_[current] = lowest_--;
  const std::size_t next = highest(ready);
  if (falls || next != current) turn_ = 0;
  return next;
}

std::size_t Choices::thread(std::uint32_t ready, std::size_t current, bool yields) noexcept {
  ++step_;
  if (by_priority_) return by_priority(ready, current, yields);
  const bool can_stay = current < kThreads && (ready >> current & 1U) != 0 && !yields;
  if (can_stay && any(256) < stay_) return current;
  return nth_bit(ready, any(static_cast<std::size_t>(std::popcount(ready))));
}

}  // namespace refwave::memory_model
