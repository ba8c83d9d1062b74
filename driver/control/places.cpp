#include "driver/control/places.h"

#include <algorithm>
#include <utility>

namespace refwave::control {

Place* Places::claim() {
  const std::lock_guard lock(mutex_);
  Place* best = nullptr;
  for (Place& place : places_) {
    const core::Slot& slot = slot_of(place);
    if (place.taken) continue;
    // Acquire: pairs with the release by which the count last became zero.
    if (slot.pending.load(std::memory_order_acquire) != 0) continue;
    if (slot.seat.load(std::memory_order_relaxed) != core::Seat::vacant) continue;
    if (best == nullptr || counts_.rounds(index_of(place)) < counts_.rounds(index_of(*best))) best = &place;
  }
  if (best != nullptr) best->taken = true;
  return best;
}

void Places::give_back(Place& place) {
  const std::lock_guard lock(mutex_);
  place.taken = false;
}

void Places::clear_out(Place& place) {
  core::Slot& slot = slot_of(place);
  if (slot.is_retired()) {
    slot.remains = std::move(place.stream);
  } else {
    place.stream.reset();
  }
  place.engine.reset();
  give_back(place);
}

std::size_t Places::threads_needed() const {
  const std::lock_guard lock(mutex_);
  const auto needs_one = [&](const Place& place) {
    return place.taken || slot_of(place).pending.load(std::memory_order_relaxed) != 0;
  };
  return static_cast<std::size_t>(std::count_if(places_.begin(), places_.end(), needs_one));
}

bool Places::in_use() const {
  const std::lock_guard lock(mutex_);
  return std::any_of(places_.begin(), places_.end(), [](const Place& place) { return place.taken; });
}

}  // namespace refwave::control
