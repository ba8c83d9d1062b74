// The control threads' half of a stream, and of its lane.
#include "driver/core/stream/stream.h"

#include <algorithm>
#include <mutex>
#include <new>

#include "hal/system/clock.h"

namespace refwave::core {

Lane::Lane(Stream& stream, const dsp::Format& client, std::uint32_t capacity)
    : stream_(stream), client_(client), ring_(capacity) {}

SpeedRequest Voice::speed_request(dsp::Factor rate, dsp::Factor pitch, dsp::Quality quality) const noexcept {
  const bool is_change = rate != dsp::kUnity || pitch != dsp::kUnity;
  return {.rate = rate,
          .pitch = pitch,
          .quality = quality,
          .client = client(),
          .needs_stage = !stage_owner_ && is_change,
          .filter = stage_owner_ ? std::optional(stage_owner_->filter_key(rate, pitch)) : std::nullopt};
}

bool Voice::prepare_speed(SpeedParts& parts) noexcept {
  if (stage_owner_) return stage_owner_->prepare(parts.request.rate, parts.request.pitch);
  if (!parts.stage) return true;
  stage_owner_ = std::move(parts.stage);
  // Release: pairs with apply_speed().
  new_stage_.store(stage_owner_.get(), std::memory_order_release);
  return true;
}

void Stream::furnish(hal::Direction direction, const dsp::Format& format, std::uint32_t ring_capacity,
                     DoneWhen done_when) {
  const bool output = direction == hal::Direction::output;
  auto new_voice = output ? std::make_unique<Voice>(*this, format, ring_capacity, done_when) : nullptr;
  track = output ? nullptr : std::make_unique<Track>(*this, format, ring_capacity);
  voice = std::move(new_voice);
  lane = output ? static_cast<Lane*>(voice.get()) : track.get();
  waiting_.clear();
  returned_.clear();
  waiting.store(0, std::memory_order_relaxed);
  returned.store(0, std::memory_order_relaxed);
  open_loop_ = 0;
  counters.clear();
  call.store(Call::idle, std::memory_order_relaxed);
  owner_thread.store(0, std::memory_order_relaxed);
  running.store(output, std::memory_order_relaxed);
  break_loop.store(false, std::memory_order_relaxed);
  volume.store(0xFFFF'FFFFU, std::memory_order_relaxed);
  speed.store(kUnitySpeed, std::memory_order_relaxed);
  sounding.store(false, std::memory_order_relaxed);
}

void Stream::clear_out() noexcept {
  engine.reset();
  if (is_retired()) return;
  voice.reset();
  track.reset();
  waiting_.clear();
  returned_.clear();
}

/// Effects: counts the headers of the loop that is being written. Returns: false if the loop would not fit
/// into the ring. A loop keeps its entries until its last pass is over, so a longer loop would wait for
/// itself.
bool Stream::loop_fits(const Block& block) {
  // A loop whose first block is finished counts no longer: the voice ran dry before its end came, or the loop
  // had no frame.
  if (open_loop_ != 0 && static_cast<std::int32_t>(lane->ring().released() - loop_begin_) > 0) open_loop_ = 0;
  const bool inside = open_loop_ != 0 || (block.begins_loop && block.loops > 1);
  if (!inside) return true;
  if (open_loop_ == lane->ring().capacity()) return false;
  if (open_loop_ == 0) loop_begin_ = lane->ring().written() + static_cast<std::uint32_t>(waiting_.size());
  open_loop_ = block.ends_loop ? 0 : open_loop_ + 1;
  return true;
}

bool Stream::write(const Block& block) {
  const std::uint32_t open_loop = open_loop_;
  if (!loop_fits(block)) return false;
  std::list<Waiting> node;
  if (!waiting_.empty() || lane->ring().written() - lane->ring().notified() >= lane->ring().capacity()) {
    try {
      node.push_back({.block = block});
    } catch (const std::bad_alloc&) {
      open_loop_ = open_loop;
      return false;
    }
  }
  trace.note(TraceKind::written, lane->ring().written() + static_cast<std::uint32_t>(waiting_.size()));
  if (node.empty()) {
    // There is room, because only writers use it up, and this thread holds their mutex.
    lane->ring().push(block);
  } else {
    waiting_.splice(waiting_.end(), node);
    // Before the next look at the ring: see take().
    waiting_changed();
    // The owner may have made room meanwhile, and may not look again.
    refill();
  }
  return true;
}

void Stream::refill() noexcept {
  while (!waiting_.empty() && lane->ring().push(waiting_.front().block)) waiting_.pop_front();
  waiting_changed();
}

void Stream::waiting_changed() noexcept {
  const auto count = static_cast<std::uint32_t>(waiting_.size());
  // Only the mutex's holder stores it.
  if (waiting.load(std::memory_order_relaxed) == count) return;
  // Acquire: pairs with take(). If take() has looked before, its room is seen here. Release: the audio
  // thread, or has_something_to_do(), that sees a smaller number finds the other headers in the ring.
  waiting.exchange(count, std::memory_order_acq_rel);
}

std::uint32_t Stream::return_all() noexcept {
  std::uint32_t finished = 0;
  if (is_retired()) {
    reset_silence();
    finished = uncounted() + lane->abandon(lane->ring().written());
  } else {
    finished = voice ? voice->return_all() : track->return_all();
  }
  const std::int64_t now_ns = hal::monotonic_now_ns();
  const auto from_list = static_cast<std::uint32_t>(waiting_.size());
  for (Waiting& each : waiting_) {
    each.behind = lane->ring().written();
    each.block.finished_ns = now_ns;
    store_flags(*each.block.header, each.block.done_flags);
  }
  returned_.splice(returned_.end(), waiting_);
  waiting_changed();
  // Relaxed: the caller raises the pending count afterwards, which orders it before take().
  returned.store(static_cast<std::uint32_t>(returned_.size()), std::memory_order_relaxed);
  open_loop_ = 0;
  return finished + from_list;
}

// --- a retired stream ---

void Stream::reset_silence() noexcept {
  silent_ns_ = silent_seen_ns_ = hal::monotonic_now_ns();
  silent_floor_ = 0;
  silent_frames.store(0, std::memory_order_relaxed);
}

std::uint32_t Stream::uncounted() const noexcept {
  if (!is_retired()) return 0;
  // Acquire: pairs with the owner's fetch_sub. While nothing is pending, nobody moves the notified cursor.
  // Nobody raises the count meanwhile: the audio thread is out, and control threads hold this mutex. A
  // greater count from before only postpones the answer: the next look finds the newer one.
  return pending.load(std::memory_order_acquire) == 0 ? undelivered() : 0;
}

std::uint32_t Stream::undelivered() const noexcept {
  return lane->ring().released() - lane->ring().notified() + static_cast<std::uint32_t>(returned_.size());
}

std::uint32_t Stream::pass_silently(std::int64_t now_ns) noexcept {
  // About the time that the engine needs to find the thread dead. It has passed for the headers too.
  constexpr std::int64_t kSinceItDiedNs = 400'000'000;
  if (silent_ns_ == 0) {
    silent_ns_ = silent_seen_ns_ = now_ns - kSinceItDiedNs;
    silent_floor_ = position.floor();
  }
  // After a longer gap between two looks no device was open, or the process was stopped. Such time does not
  // count.
  constexpr std::int64_t kNobodyLookedNs = 100'000'000;
  const std::int64_t since_ns = now_ns - silent_seen_ns_;
  if (!running.load(std::memory_order_relaxed) || since_ns > kNobodyLookedNs) silent_ns_ += since_ns;
  silent_seen_ns_ = now_ns;
  std::uint32_t finished = uncounted();
  while (finish_silently(now_ns)) ++finished;
  if (!queued()) silent_ns_ = now_ns;
  return finished;
}

/// Returns: false if the first header's time is not over.
bool Stream::finish_silently(std::int64_t now_ns) noexcept {
  const BlockRing::Cursor first = lane->ring().released();
  if (first == lane->ring().written()) return false;
  const std::uint32_t frames = lane->ring().at(first).frames;
  // At a playback rate of one the factor is 2^16.
  const std::uint64_t factor = rate_of(speed.load(std::memory_order_relaxed));
  const std::uint64_t frames_a_second = std::uint64_t{format().rate} * factor >> 16;
  const std::int64_t end_ns =
      silent_ns_ + static_cast<std::int64_t>(std::uint64_t{frames} * 1'000'000'000 / frames_a_second);
  if (end_ns > now_ns) return false;
  silent_ns_ = end_ns;
  silent_floor_ += frames;
  // Written under the mutex.
  silent_frames.store(std::max(silent_floor_, silent_frames.load(std::memory_order_relaxed)),
                      std::memory_order_relaxed);
  lane->abandon(first + 1);
  return true;
}

Block Stream::take_locked() noexcept {
  if (!returned_.empty() && returned_.front().behind == lane->ring().notified()) {
    const Block block = returned_.front().block;
    returned_.pop_front();
    // Relaxed: only the owner looks, and hands the stream on by the pending count.
    returned.store(static_cast<std::uint32_t>(returned_.size()), std::memory_order_relaxed);
    return block;
  }
  const Block block = lane->ring().take();
  refill();
  return block;
}

}  // namespace refwave::core
