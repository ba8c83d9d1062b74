#include "driver/stream/control_seat.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace refwave::stream {
namespace {

constexpr std::chrono::seconds kPatience{1};
constexpr int kEnoughTries = 1'000;
constexpr std::chrono::microseconds kLongestNap{100};

}  // namespace

ControlSeat::ControlSeat(core::Slot& slot) noexcept : slot_(slot) {
  slot_.wanted.fetch_add(1,
                         std::memory_order_relaxed);  // only manners: the audio thread stays away meanwhile
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::chrono::microseconds nap{1};
  for (int tries = 1; !slot_.retired.load(std::memory_order_relaxed); ++tries) {
    if (slot_.try_seat(core::Seat::control)) {
      seated_ = true;
      return;
    }
    slot_.counters.awaited.fetch_add(1, std::memory_order_relaxed);
    if (tries >= kEnoughTries && std::chrono::steady_clock::now() >= deadline) {
      slot_.retired.store(true, std::memory_order_relaxed);
      return;
    }
    std::this_thread::sleep_for(nap);
    nap = std::min(nap * 2, kLongestNap);
  }
}

ControlSeat::~ControlSeat() {
  if (!seated_) return;  // still wanted: nobody sits down in a retired slot
  slot_.stand_up();
  slot_.wanted.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace refwave::stream
