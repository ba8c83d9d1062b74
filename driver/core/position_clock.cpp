#include "driver/core/position_clock.h"

#include <algorithm>

namespace refwave::core {
namespace {

constexpr int kFrameBits = 48;
constexpr std::uint64_t kFrameMask = (std::uint64_t{1} << kFrameBits) - 1;

constexpr int kEnoughTries = 1'000;  // some ten microseconds; a publish takes less than a tenth of one

std::uint64_t report(std::uint32_t epoch, std::uint64_t frames) {
  return (std::uint64_t{static_cast<std::uint16_t>(epoch)} << kFrameBits) | (frames & kFrameMask);
}

/// Returns: whether epoch `a` comes after `b`, both modulo 2^16.
bool is_newer(std::uint16_t a, std::uint16_t b) { return static_cast<std::int16_t>(a - b) > 0; }

std::uint64_t frames_at(const PositionSpan& span, std::int64_t now_ns) {
  const std::int64_t elapsed = std::max<std::int64_t>(0, now_ns - span.monotonic_ns);
  const double passed = span.frames_per_ns > 0
                            ? static_cast<double>(elapsed) * static_cast<double>(span.frames_per_ns)
                            : static_cast<double>(span.end - span.begin);
  const std::uint64_t room = span.end - span.begin;
  const std::uint64_t frames = span.begin + std::min(room, static_cast<std::uint64_t>(passed));
  return std::max(frames, span.floor);
}

}  // namespace

void PositionClock::publish(const PositionSpan& span) noexcept {
  const std::uint32_t sequence = sequence_.load(std::memory_order_relaxed);
  const bool anew = span.epoch != epoch_.load(std::memory_order_relaxed);
  sequence_.store(sequence + 1, std::memory_order_relaxed);  // made visible by the first release store below
  floor_.store(span.floor, std::memory_order_release);       // each pairs with its acquire load in load()
  epoch_.store(span.epoch, std::memory_order_release);       // behind the floor: see read_finished()
  begin_.store(span.begin, std::memory_order_release);
  end_.store(span.end, std::memory_order_release);
  monotonic_ns_.store(span.monotonic_ns, std::memory_order_release);
  frames_per_ns_.store(span.frames_per_ns, std::memory_order_release);
  sequence_.store(sequence + 2, std::memory_order_release);  // pairs with the first load in load()
  // A reader may have put its answer there meanwhile: it was 0, as an epoch's first span is.
  if (anew) reported_.store(report(span.epoch, 0), std::memory_order_relaxed);
}

std::optional<PositionSpan> PositionClock::load() const noexcept {
  for (int tries = 0; tries < kEnoughTries; ++tries) {
    const std::uint32_t before =
        sequence_.load(std::memory_order_acquire);  // pairs with the last store of publish()
    PositionSpan span;
    span.epoch = epoch_.load(std::memory_order_acquire);  // each pairs with its release store in publish()
    span.begin = begin_.load(std::memory_order_acquire);
    span.end = end_.load(std::memory_order_acquire);
    span.floor = floor_.load(std::memory_order_acquire);
    span.monotonic_ns = monotonic_ns_.load(std::memory_order_acquire);
    span.frames_per_ns = frames_per_ns_.load(std::memory_order_acquire);
    const std::uint32_t after = sequence_.load(std::memory_order_relaxed);  // ordered by the acquires above
    if (before == after && (before & 1U) == 0) return span;
  }
  return std::nullopt;
}

std::uint64_t PositionClock::read(std::int64_t now_ns) noexcept {
  const std::optional<PositionSpan> span = load();
  if (!span) return read_finished();
  return at_least_reported(span->epoch, frames_at(*span, now_ns));
}

// An epoch begins with a floor of zero, stored before the epoch is: between two looks at one epoch lies a
// floor of this epoch, or the next one's zero.
std::uint64_t PositionClock::read_finished() noexcept {
  const std::uint32_t before = epoch_.load(std::memory_order_acquire);  // pairs with publish(), as the next
  const std::uint64_t floor = floor_.load(std::memory_order_acquire);
  const std::uint32_t after = epoch_.load(std::memory_order_relaxed);  // ordered by the acquires above
  return at_least_reported(before, before == after ? floor : 0);
}

std::uint64_t PositionClock::at_least_reported(std::uint32_t epoch, std::uint64_t frames) noexcept {
  const auto mine = static_cast<std::uint16_t>(epoch);
  const std::uint64_t candidate = report(epoch, frames);
  std::uint64_t reported = reported_.load(std::memory_order_relaxed);
  for (;;) {
    const auto theirs = static_cast<std::uint16_t>(reported >> kFrameBits);
    if (theirs == mine && (reported & kFrameMask) >= frames) return reported & kFrameMask;
    if (is_newer(theirs, mine))
      return frames;  // a reset came between: this answer belongs to the time before it
    // Relaxed: the number is all that readers share through it.
    if (reported_.compare_exchange_weak(reported, candidate, std::memory_order_relaxed)) return frames;
  }
}

}  // namespace refwave::core
