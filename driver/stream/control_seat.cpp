#include "driver/stream/control_seat.h"

#include <algorithm>
#include <chrono>

#include "driver/core/cycle.h"
#include "hal/realtime.h"

namespace refwave::stream {
namespace {

constexpr std::chrono::seconds kPatience{1};
constexpr int kEnoughTries = 1'000;
constexpr int kFewTries = 20;
constexpr std::chrono::microseconds kLongestNap{100};

}  // namespace

ControlSeat::ControlSeat(core::Slot& slot, IfTaken if_taken) noexcept : slot_(slot) {
  slot_.wanted.fetch_add(1,
                         std::memory_order_relaxed);  // only manners: the audio thread stays away meanwhile
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::chrono::microseconds nap{1};
  for (int tries = 1; !slot_.is_retired(); ++tries) {
    if (slot_.try_seat(core::Seat::control)) {
      seated_ = true;
      return;
    }
    slot_.counters.awaited.fetch_add(1, std::memory_order_relaxed);
    if (if_taken == IfTaken::come_back_later && tries >= kFewTries) return;
    const bool over = tries >= kEnoughTries && std::chrono::steady_clock::now() >= deadline;
    if (over && slot_.retire(core::monotonic_now_ns())) return;
    hal::nap(nap);
    nap = std::min(nap * 2, kLongestNap);
  }
}

ControlSeat::~ControlSeat() {
  if (seated_) slot_.stand_up(core::Seat::control);
  slot_.wanted.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace refwave::stream
