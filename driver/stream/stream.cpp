#include "driver/stream/stream.h"

#include <algorithm>
#include <mutex>
#include <new>

#include "hal/system/clock.h"

namespace refwave::stream {

Stream::Stream(core::Slot& slot, hal::Direction direction, const dsp::Format& format,
               std::uint32_t ring_capacity, core::DoneWhen done_when)
    : slot_(slot), direction_(direction), lane_(nullptr) {
  if (direction == hal::Direction::output) {
    voice_ = std::make_unique<core::Voice>(slot, format, ring_capacity, done_when);
    lane_ = voice_.get();
  } else {
    track_ = std::make_unique<core::Track>(slot, format, ring_capacity);
    lane_ = track_.get();
  }
}

/// Effects: counts the headers of the loop that is being written. Returns: false if the loop would not fit
/// into the ring. A loop keeps its entries until its last pass is over, so a longer loop would wait for
/// itself.
bool Stream::loop_fits(const core::Block& block) {
  // A loop whose first block is finished counts no longer: the voice ran dry before its end came, or the loop
  // had no frame.
  if (open_loop_ != 0 && static_cast<std::int32_t>(lane_->ring().released() - loop_begin_) > 0)
    open_loop_ = 0;
  const bool inside = open_loop_ != 0 || (block.begins_loop && block.loops > 1);
  if (!inside) return true;
  if (open_loop_ == lane_->ring().capacity()) return false;
  if (open_loop_ == 0) loop_begin_ = lane_->ring().written() + static_cast<std::uint32_t>(waiting_.size());
  open_loop_ = block.ends_loop ? 0 : open_loop_ + 1;
  return true;
}

Error Stream::write(const Submission& submission) {
  const core::Block block = submission.block(format().bytes_per_frame());
  const std::uint32_t open_loop = open_loop_;
  if (!loop_fits(block)) return Error::no_memory;
  std::list<Waiting> node;
  if (!waiting_.empty() || lane_->ring().written() - lane_->ring().notified() >= lane_->ring().capacity()) {
    try {
      node.push_back({.block = block});
    } catch (const std::bad_alloc&) {
      open_loop_ = open_loop;
      return Error::no_memory;
    }
  }
  slot_.trace.note(core::TraceKind::written,
                   lane_->ring().written() + static_cast<std::uint32_t>(waiting_.size()));
  if (node.empty()) {
    // There is room, because only writers use it up, and this thread holds their mutex.
    lane_->ring().push(block);
  } else {
    waiting_.splice(waiting_.end(), node);
    // Before the next look at the ring: see take().
    waiting_changed();
    // The owner may have made room meanwhile, and may not look again.
    refill();
  }
  return Error::none;
}

void Stream::refill() noexcept {
  while (!waiting_.empty() && lane_->ring().push(waiting_.front().block)) waiting_.pop_front();
  waiting_changed();
}

void Stream::waiting_changed() noexcept {
  const auto count = static_cast<std::uint32_t>(waiting_.size());
  // Only the mutex's holder stores it.
  if (lane_->waiting.load(std::memory_order_relaxed) == count) return;
  // Acquire: pairs with take(). If take() has looked before, its room is seen here. Release: the audio
  // thread, or has_something_to_do(), that sees a smaller number finds the other headers in the ring.
  lane_->waiting.exchange(count, std::memory_order_acq_rel);
}

std::uint32_t Stream::return_all(const ControlSeat& seat) noexcept {
  if (!seat.seated()) reset_silence();
  const std::uint32_t from_ring = !seat.seated() ? uncounted() + lane_->abandon(lane_->ring().written())
                                  : voice_       ? voice_->return_all()
                                                 : track_->return_all();
  const std::int64_t now_ns = hal::monotonic_now_ns();
  const auto from_list = static_cast<std::uint32_t>(waiting_.size());
  for (Waiting& waiting : waiting_) {
    waiting.behind = lane_->ring().written();
    waiting.block.finished_ns = now_ns;
    core::store_flags(*waiting.block.header, waiting.block.done_flags);
  }
  returned_.splice(returned_.end(), waiting_);
  waiting_changed();
  // Relaxed: the caller raises the pending count afterwards, which orders it before take().
  lane_->returned.store(static_cast<std::uint32_t>(returned_.size()), std::memory_order_relaxed);
  open_loop_ = 0;
  return from_ring + from_list;
}

// --- a retired slot ---

void Stream::reset_silence() noexcept {
  silent_ns_ = silent_seen_ns_ = hal::monotonic_now_ns();
  silent_floor_ = 0;
  slot_.silent_frames.store(0, std::memory_order_relaxed);
}

std::uint32_t Stream::uncounted() const noexcept {
  if (!slot_.is_retired()) return 0;
  // Acquire: pairs with the owner's fetch_sub. While nothing is pending, nobody moves the notified cursor.
  // Nobody raises the count meanwhile: the audio thread is out, and control threads hold this mutex. A
  // greater count from before only postpones the answer: the next look finds the newer one.
  return slot_.pending.load(std::memory_order_acquire) == 0 ? untold() : 0;
}

std::uint32_t Stream::untold() const noexcept {
  return lane_->ring().released() - lane_->ring().notified() + static_cast<std::uint32_t>(returned_.size());
}

std::uint32_t Stream::pass_silently(std::int64_t now_ns) noexcept {
  // About the time that the engine needs to find the thread dead. It has passed for the headers too.
  constexpr std::int64_t kSinceItDiedNs = 400'000'000;
  if (silent_ns_ == 0) {
    silent_ns_ = silent_seen_ns_ = now_ns - kSinceItDiedNs;
    silent_floor_ = slot_.position.floor();
  }
  // After a longer gap between two looks no device was open, or the process was stopped. Such time does not
  // count.
  constexpr std::int64_t kNobodyLookedNs = 100'000'000;
  const std::int64_t since_ns = now_ns - silent_seen_ns_;
  if (!slot_.running.load(std::memory_order_relaxed) || since_ns > kNobodyLookedNs) silent_ns_ += since_ns;
  silent_seen_ns_ = now_ns;
  std::uint32_t finished = uncounted();
  while (finish_silently(now_ns)) ++finished;
  if (!queued()) silent_ns_ = now_ns;
  return finished;
}

/// Returns: false if the first header's time is not over.
bool Stream::finish_silently(std::int64_t now_ns) noexcept {
  const core::BlockRing::Cursor first = lane_->ring().released();
  if (first == lane_->ring().written()) return false;
  const std::uint32_t frames = lane_->ring().at(first).frames;
  // At a playback rate of one the factor is 2^16.
  const std::uint64_t factor = core::rate_of(slot_.speed.load(std::memory_order_relaxed));
  const std::uint64_t frames_a_second = std::uint64_t{format().rate} * factor >> 16;
  const std::int64_t end_ns =
      silent_ns_ + static_cast<std::int64_t>(std::uint64_t{frames} * 1'000'000'000 / frames_a_second);
  if (end_ns > now_ns) return false;
  silent_ns_ = end_ns;
  silent_floor_ += frames;
  // Written under the write mutex.
  slot_.silent_frames.store(std::max(silent_floor_, slot_.silent_frames.load(std::memory_order_relaxed)),
                            std::memory_order_relaxed);
  lane_->abandon(first + 1);
  return true;
}

core::Block Stream::take_locked() noexcept {
  if (!returned_.empty() && returned_.front().behind == lane_->ring().notified()) {
    const core::Block block = returned_.front().block;
    returned_.pop_front();
    // Relaxed: only the slot's owner looks, and hands the slot on by the pending count.
    lane_->returned.store(static_cast<std::uint32_t>(returned_.size()), std::memory_order_relaxed);
    return block;
  }
  const core::Block block = lane_->ring().take();
  refill();
  return block;
}

}  // namespace refwave::stream
