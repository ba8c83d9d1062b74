#include "driver/stream/control_seat.h"

#include <algorithm>
#include <chrono>

#include "hal/system/clock.h"
#include "hal/system/realtime.h"

namespace refwave::stream {
namespace {

constexpr std::chrono::milliseconds kPatience{1'000};
constexpr std::chrono::milliseconds kGlance{1};  // of a caller that can come back later
constexpr int kEnoughTries = 400;                // the shortest nap may be a millisecond and more
constexpr std::chrono::microseconds kLongestNap{100};

}  // namespace

ControlSeat::ControlSeat(core::Stream& stream, IfTaken if_taken) noexcept : stream_(stream) {
  // Relaxed: this only asks the audio thread to stay away. try_seat() decides.
  stream_.wanted.fetch_add(1, std::memory_order_relaxed);
  const bool waits = if_taken == IfTaken::wait;
  const auto deadline = std::chrono::steady_clock::now() + (waits ? kPatience : kGlance);
  std::chrono::microseconds nap{1};
  for (int tries = 1; !stream_.is_retired(); ++tries) {
    if (stream_.try_seat(core::Seat::control)) {
      seated_ = true;
      return;
    }
    stream_.counters.awaited.fetch_add(1, std::memory_order_relaxed);
    const bool over = std::chrono::steady_clock::now() >= deadline;
    if (over && !waits) return;
    if (over && tries >= kEnoughTries && stream_.retire(hal::monotonic_now_ns())) return;
    hal::nap(nap);
    nap = std::min(nap * 2, kLongestNap);
  }
}

ControlSeat::~ControlSeat() {
  if (seated_) stream_.stand_up(core::Seat::control);
  stream_.wanted.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace refwave::stream
