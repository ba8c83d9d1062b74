#include "driver/core/stream/audio_section.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "hal/system/realtime.h"

namespace refwave::core {
namespace {

constexpr std::chrono::milliseconds kPatience{1'000};
constexpr std::chrono::milliseconds kGlance{1};  // of a caller that can come back later
constexpr int kLeastTries = 400;                 // the shortest nap may be a millisecond and more
constexpr std::chrono::microseconds kLongestNap{100};

/// Returns: the caller's acquisition; 0 if that thread has left. Throws std::bad_alloc.
RtLock::Token seize_and_replace(Stream& stream, RtLock::Token theirs) REQUIRES(stream.mutex) {
  // Before the lock is seized, so that nothing fails afterwards.
  Stream::Spare spare = stream.make_spare();
  const RtLock::Token mine = stream.lock.seize(theirs);
  if (mine != 0) stream.replace_state(std::move(spare));
  return mine;
}

}  // namespace

AudioSection::AudioSection(Stream& stream, IfOverdue if_overdue) : stream_(stream), waiter_(stream.lock) {
  const bool waits = if_overdue != IfOverdue::give_up;
  while (mine_ == 0) {
    const RtLock::Token theirs = acquire_or_overdue(waits);
    if (mine_ != 0) break;
    if (!waits) return;
    if (if_overdue == IfOverdue::replace) {
      mine_ = seize_and_replace(stream_, theirs);
      was_replaced_ = mine_ != 0;
    } else {
      mine_ = stream_.lock.seize(theirs);
      was_lost_ = mine_ != 0;
      if (was_lost_) stream_.lose_state();
    }
  }
  if (!was_lost_) stream_.audio().enter(mine_);
}

AudioSection::~AudioSection() {
  if (mine_ != 0) stream_.lock.release(mine_);
}

/// Effects: waits for the lock. Returns: if it was not acquired, the acquisition that was there all the time.
RtLock::Token AudioSection::acquire_or_overdue(bool waits) noexcept {
  const std::chrono::milliseconds patience = waits ? kPatience : kGlance;
  RtLock::Token seen = 0;
  auto deadline = std::chrono::steady_clock::now() + patience;
  std::chrono::microseconds nap{1};
  for (int tries = 1;; ++tries) {
    mine_ = stream_.lock.try_acquire_control();
    if (mine_ != 0) return 0;
    stream_.counters.awaited.fetch_add(1, std::memory_order_relaxed);
    const RtLock::Token inside = stream_.lock.inside();
    // The engine has waited long enough. The supervisor cannot act, because the caller has the mutex.
    if (waits && inside != 0 && stream_.overdue.load(std::memory_order_relaxed) == inside) return inside;
    if (waits && (inside == 0 || std::exchange(seen, inside) != inside)) {
      // Another acquisition: the owner comes and goes.
      deadline = std::chrono::steady_clock::now() + patience;
      tries = 1;
    }
    if (std::chrono::steady_clock::now() >= deadline && (!waits || tries >= kLeastTries)) return seen;
    hal::nap(nap);
    nap = std::min(nap * 2, kLongestNap);
  }
}

bool replace_overdue(Stream& stream, RtLock::Token theirs) {
  const RtLock::Token mine = seize_and_replace(stream, theirs);
  if (mine != 0) stream.lock.release(mine);
  return mine != 0;
}

}  // namespace refwave::core
