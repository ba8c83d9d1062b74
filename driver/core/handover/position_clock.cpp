#include "driver/core/handover/position_clock.h"

#include <algorithm>

namespace refwave::core {
namespace {

constexpr int kFrameBits = 48;
constexpr std::uint64_t kFrameMask = (std::uint64_t{1} << kFrameBits) - 1;

constexpr int kEnoughTries = 1'000;  // about ten microseconds; a publish takes less than one

/// An epoch modulo 2^16 and its frames, in one word.
std::uint64_t word_of(std::uint32_t epoch, std::uint64_t frames) {
  return (std::uint64_t{static_cast<std::uint16_t>(epoch)} << kFrameBits) | (frames & kFrameMask);
}

std::uint16_t epoch_of(std::uint64_t word) { return static_cast<std::uint16_t>(word >> kFrameBits); }
std::uint64_t frames_of(std::uint64_t word) { return word & kFrameMask; }

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
  const bool is_new_epoch = static_cast<std::uint16_t>(span.epoch) != epoch();
  // Relaxed: the first release store below makes it visible.
  sequence_.store(sequence + 1, std::memory_order_relaxed);
  // Release: each pairs with its acquire load in load(), and the first with read_finished(), too.
  floor_.store(word_of(span.epoch, span.floor), std::memory_order_release);
  begin_.store(span.begin, std::memory_order_release);
  end_.store(span.end, std::memory_order_release);
  monotonic_ns_.store(span.monotonic_ns, std::memory_order_release);
  frames_per_ns_.store(span.frames_per_ns, std::memory_order_release);
  // Release: pairs with the first load in load().
  sequence_.store(sequence + 2, std::memory_order_release);
  // A reader may already have stored an answer in the new epoch. Overwriting it is safe, because that answer
  // is 0: an epoch's first span ends at 0. Release: pairs with at_least_reported().
  if (is_new_epoch) reported_.store(word_of(span.epoch, 0), std::memory_order_release);
}

std::optional<PositionSpan> PositionClock::load() const noexcept {
  for (int tries = 0; tries < kEnoughTries; ++tries) {
    // Acquire: pairs with the last store of publish().
    const std::uint32_t before = sequence_.load(std::memory_order_acquire);
    PositionSpan span;
    // Acquire: each pairs with its release store in publish().
    span.begin = begin_.load(std::memory_order_acquire);
    span.end = end_.load(std::memory_order_acquire);
    const std::uint64_t floor = floor_.load(std::memory_order_acquire);
    span.epoch = epoch_of(floor);
    span.floor = frames_of(floor);
    span.monotonic_ns = monotonic_ns_.load(std::memory_order_acquire);
    span.frames_per_ns = frames_per_ns_.load(std::memory_order_acquire);
    // Relaxed: the acquires above keep it after the loads of the fields.
    const std::uint32_t after = sequence_.load(std::memory_order_relaxed);
    if (before == after && (before & 1U) == 0) return span;
  }
  return std::nullopt;
}

std::uint64_t PositionClock::read(std::int64_t now_ns) noexcept {
  const std::optional<PositionSpan> span = load();
  if (!span) return read_finished();
  return at_least_reported(span->epoch, frames_at(*span, now_ns));
}

std::uint64_t PositionClock::read_finished() noexcept {
  // Acquire: pairs with publish() and raise_floor().
  const std::uint64_t floor = floor_.load(std::memory_order_acquire);
  return at_least_reported(epoch_of(floor), frames_of(floor));
}

std::uint32_t PositionClock::epoch() const noexcept {
  return epoch_of(floor_.load(std::memory_order_relaxed));
}

void PositionClock::raise_floor(std::uint64_t floor) noexcept {
  // Release: pairs with load() and read_finished(). Until the next publish() it joins the older span.
  floor_.store(word_of(epoch(), floor), std::memory_order_release);
}

std::uint64_t PositionClock::at_least_reported(std::uint32_t epoch, std::uint64_t frames) noexcept {
  const auto mine = static_cast<std::uint16_t>(epoch);
  const std::uint64_t candidate = word_of(epoch, frames);
  // Acquire, here and where the exchange fails: pairs with publish() and with other readers' exchanges. An
  // answer from a newer epoch may belong to the next stream in this slot; a caller that gets it must then see
  // that its own handle is closed (Streams::position()).
  std::uint64_t reported = reported_.load(std::memory_order_acquire);
  for (;;) {
    const std::uint16_t theirs = epoch_of(reported);
    if (theirs == mine && frames_of(reported) >= frames) return frames_of(reported);
    // A reset came between: this answer is of the older epoch, and may be less than this thread's last one.
    if (is_newer(theirs, mine)) return frames_of(reported);
    // Release: pairs with the acquires here.
    if (reported_.compare_exchange_weak(reported, candidate, std::memory_order_release,
                                        std::memory_order_acquire))
      return frames;
  }
}

}  // namespace refwave::core
