#include "driver/core/stream/stream.h"

#include <algorithm>
#include <new>

#include "hal/system/clock.h"
#include "hal/system/threads.h"

namespace refwave::core {

void Stream::furnish(hal::Direction direction, const dsp::Format& format, std::uint32_t ring_capacity,
                     Done done_when) {
  const bool output = direction == hal::Direction::output;
  auto fresh_latency = std::make_unique<LatencyHistogram>();
  // A lost clock is the stuck thread's.
  auto fresh_clock = clock_owner_ ? nullptr : std::make_unique<PositionClock>();
  PositionClock& position = fresh_clock ? *fresh_clock : *clock_owner_;
  std::unique_ptr<AudioState> fresh;
  if (output) {
    fresh = std::make_unique<PlaybackState>(*this, format, ring_capacity, done_when, position);
  } else {
    fresh = std::make_unique<CaptureState>(*this, format, ring_capacity, position);
  }
  const PositionClock* const before = clock.load(std::memory_order_relaxed);
  position.publish({.epoch = before != nullptr ? before->epoch() + 1 : 1});
  if (fresh_clock) clock_owner_ = std::move(fresh_clock);
  // Release: pairs with position(). Kept: a handle comes to a reader by an order of its own.
  clock.store(&position, std::memory_order_release);
  owner_ = std::move(fresh);
  newest_ = owner_.get();
  source.store(newest_, std::memory_order_relaxed);
  latency = std::move(fresh_latency);
  waiting_.clear();
  returned_.clear();
  waiting.store(0, std::memory_order_relaxed);
  returned.store(0, std::memory_order_relaxed);
  open_loop_ = 0;
  written_frames_ = 0;
  counters.clear();
  caller.store(0, std::memory_order_relaxed);
  closes_inside.store(false, std::memory_order_relaxed);
  is_dry.store(false, std::memory_order_relaxed);
  for (auto* time : {&newest_message.done_at, &newest_message.begun_at, &newest_message.sent_at})
    time->store(0, std::memory_order_relaxed);
  overdue.store(0, std::memory_order_relaxed);
  running.store(output, std::memory_order_relaxed);
  volume.store(0xFFFF'FFFFU, std::memory_order_relaxed);
  speed.store(kUnitySpeed, std::memory_order_relaxed);
  // Release: pairs with DeviceRound::each(), has_something_to_do(). Kept: the mask orders the same.
  audio_state.store(newest_, std::memory_order_release);
}

void Stream::clear_out() noexcept {
  owner_.reset();
  newest_ = nullptr;
  source.store(nullptr, std::memory_order_relaxed);
  waiting_.clear();
  returned_.clear();
}

/// Effects: counts the headers of the loop being written. Returns: false if it does not fit into the ring: a
/// loop keeps its entries until its last pass, so a longer one would wait for itself.
bool Stream::loop_fits(const Block& block) {
  // A loop whose first block is finished ran dry before its end was written, or had no frame.
  if (open_loop_ != 0 && static_cast<std::int32_t>(audio().ring().released() - loop_begin_) > 0)
    open_loop_ = 0;
  const bool inside = open_loop_ != 0 || (block.begins_loop && block.loops > 1);
  if (!inside) return true;
  if (open_loop_ == audio().ring().capacity()) return false;
  if (open_loop_ == 0) loop_begin_ = audio().ring().written() + static_cast<std::uint32_t>(waiting_.size());
  open_loop_ = block.ends_loop ? 0 : open_loop_ + 1;
  return true;
}

bool Stream::write(const Block& block) {
  if (!is_dry.load(std::memory_order_relaxed)) [[likely]]
    return queue(block);
  Block prompted = block;
  note_prompt(prompted);
  return queue(prompted);
}

void Stream::note_prompt(Block& block) noexcept {
  const auto us = [](std::int64_t ns) { return static_cast<std::uint32_t>(ns / 1'000); };
  is_dry.store(false, std::memory_order_relaxed);
  const std::int64_t now_ns = hal::monotonic_now_ns();
  const std::int64_t done_at = newest_message.done_at.load(std::memory_order_relaxed);
  const std::int64_t begun_at = newest_message.begun_at.load(std::memory_order_relaxed);
  const std::int64_t sent_at = newest_message.sent_at.load(std::memory_order_relaxed);
  block.in_callback = caller.load(std::memory_order_relaxed) == hal::this_thread_id();
  block.prompt.written_at = std::max(us(now_ns), 1U);
  writer.store(hal::this_thread_number(), std::memory_order_relaxed);
  if (sent_at == 0) return;
  const std::int64_t end_at = std::max(done_at, sent_at);
  // A delivery that has only begun has sent nothing yet.
  const std::int64_t came_at = begun_at == 0 ? end_at : std::clamp(begun_at, done_at, end_at);
  block.prompt.notifier = us(came_at - done_at);
  block.prompt.callbacks = us(std::max(sent_at - came_at, std::int64_t{0}));
  block.prompt.program = us(std::max(now_ns - sent_at, std::int64_t{0}));
}

std::uint64_t Stream::queued_frames() const noexcept {
  // Blocks of a long queue mostly have one length.
  constexpr BlockRing::Cursor kMost = 64;
  BlockRing& ring = audio().ring();
  const BlockRing::Cursor end = ring.written();
  const BlockRing::Cursor queued = end - ring.released();
  const BlockRing::Cursor looked_at = std::min(queued, kMost);
  std::uint64_t frames = 0;
  // Only writers, under the mutex, change entries.
  for (BlockRing::Cursor here = end - looked_at; here != end; ++here) frames += ring.at(here).frames;
  if (looked_at != 0) frames += frames / looked_at * (queued - looked_at);
  std::uint64_t outside = 0;
  std::size_t counted = 0;
  for (auto each = waiting_.begin(); each != waiting_.end() && counted < kMost; ++each, ++counted)
    outside += each->block.frames;
  return frames + (counted != 0 ? outside / counted * waiting_.size() : 0);
}

bool Stream::queue(const Block& block) {
  const std::uint32_t open_loop = open_loop_;
  if (!loop_fits(block)) return false;
  std::list<Waiting> node;
  if (!waiting_.empty() ||
      audio().ring().written() - audio().ring().notified() >= audio().ring().capacity()) {
    try {
      node.push_back({.block = block});
    } catch (const std::bad_alloc&) {
      open_loop_ = open_loop;
      return false;
    }
  }
  trace.note(TraceKind::written, audio().ring().written() + static_cast<std::uint32_t>(waiting_.size()));
  written_frames_ += block.frames;
  if (node.empty()) {
    // There is room: this thread holds the writers' mutex.
    audio().ring().push(block);
  } else {
    waiting_.splice(waiting_.end(), node);
    // Before the next look at the ring: see take().
    waiting_changed();
    // The owner may have made room, and may not look again.
    refill();
  }
  return true;
}

void Stream::refill() noexcept {
  while (!waiting_.empty() && audio().ring().push(waiting_.front().block)) waiting_.pop_front();
  waiting_changed();
}

void Stream::waiting_changed() noexcept {
  const auto count = static_cast<std::uint32_t>(waiting_.size());
  if (waiting.load(std::memory_order_relaxed) == count) return;
  // Acquire: pairs with take(): if it has looked before, its room is seen here. Release: who sees a smaller
  // number (the audio thread, has_something_to_do()) finds the headers in the ring.
  waiting.exchange(count, std::memory_order_acq_rel);
}

void Stream::return_all() noexcept {
  audio().return_all();
  return_waiting(audio().ring().written());
  written_frames_ = 0;
}

/// Effects: flags the headers outside the ring. Their messages follow that cursor's.
void Stream::return_waiting(BlockRing::Cursor behind) noexcept {
  const std::int64_t now_ns = hal::monotonic_now_ns();
  for (Waiting& each : waiting_) {
    each.behind = behind;
    each.block.finished_ns = now_ns;
    store_flags(*each.block.header, each.block.done_flags);
  }
  returned_.splice(returned_.end(), waiting_);
  waiting_changed();
  // Relaxed: the caller's post orders it before take().
  returned.store(static_cast<std::uint32_t>(returned_.size()), std::memory_order_relaxed);
  open_loop_ = 0;
}

Stream::Spare Stream::make_spare() {
  auto fresh_clock = std::make_unique<PositionClock>();
  auto fresh = audio().make_fresh(*fresh_clock);
  return {.clock = std::move(fresh_clock), .state = std::move(fresh)};
}

void Stream::replace_state(Spare spare) noexcept {
  const std::int64_t now_ns = hal::monotonic_now_ns();
  PositionClock& before = *clock_owner_;
  const std::uint64_t written = audio().counts_given_back() ? written_frames_ : 0;
  const std::uint64_t frames = std::max({before.read(now_ns), before.end(), written});
  spare.clock->publish(
      {.epoch = before.epoch(), .begin = frames, .end = frames, .floor = frames, .monotonic_ns = now_ns});
  spare.state->begin_at(frames);
  // Before any flag: who sees a header DONE finds it counted. Release: pairs with position().
  clock.store(spare.clock.get(), std::memory_order_release);
  AudioState& old = audio();
  old.give_back_all();
  return_waiting(old.ring().written());
  // Release: pairs with take(). All old blocks are released, and the list is made.
  old.next.store(spare.state.get(), std::memory_order_release);
  // Release: pairs with DeviceRound::each() and has_something_to_do().
  audio_state.store(spare.state.get(), std::memory_order_release);
  lose_state();
  owner_ = std::move(spare.state);
  newest_ = owner_.get();
  clock_owner_ = std::move(spare.clock);
}

void Stream::lose_state() noexcept {
  owner_->ring().seal();
  owner_->lost_clock = std::move(clock_owner_);
  owner_->lost_before = std::move(lost_);
  lost_ = std::move(owner_);
}

std::uint32_t Stream::undelivered() const noexcept {
  return audio().ring().released() - next_notified().ring().notified() +
         returned.load(std::memory_order_relaxed);
}

std::optional<Block> Stream::take_locked() noexcept {
  if (!returned_.empty() && returned_.front().behind == next_notified().ring().notified()) {
    const Block block = returned_.front().block;
    returned_.pop_front();
    // Relaxed: only the owner looks; DeliveryState hands it over.
    returned.store(static_cast<std::uint32_t>(returned_.size()), std::memory_order_relaxed);
    return block;
  }
  if (!next_notified().ring().has_released()) {
    AudioState* const next = next_notified().next.load(std::memory_order_relaxed);
    if (next == nullptr) return std::nullopt;
    source.store(next, std::memory_order_relaxed);
    return take_locked();
  }
  const Block block = next_notified().ring().take();
  refill();
  return block;
}

}  // namespace refwave::core
