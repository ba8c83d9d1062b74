#include "driver/core/stream/audio_state.h"

#include <algorithm>

#include "driver/core/stream/stream.h"
#include "hal/system/clock.h"

namespace refwave::core {
namespace {

/// Returns: true for one block in eight, the first included; each eight has it one block later.
REFWAVE_AUDIO_THREAD bool is_one_in_eight(BlockRing::Cursor number) noexcept {
  return number % 8 == number / 8 % 8;
}

}  // namespace

bool AudioState::is_ours() const noexcept { return stream_.lock.holds(acquisition_); }

std::uint32_t AudioState::finish_until(BlockRing::Cursor cursor, std::uint64_t floor) noexcept {
  const BlockRing::Cursor first = ring_.released();
  if (first == cursor || !is_ours()) return 0;
  clock_.raise_floor(floor);
  const bool tracing = is_tracing();
  const bool all = tracing || timed_ == Timed::every_block;
  std::int64_t now_ns = 0;  // the time at the first block that is timed
  for (BlockRing::Cursor here = first; here != cursor; ++here) {
    const bool timed = all || is_one_in_eight(here);
    if (timed && now_ns == 0) now_ns = hal::monotonic_now_ns();
    Block& block = ring_.at(here);
    block.finished_ns = timed ? now_ns : 0;
    finishing_.store(here, std::memory_order_relaxed);
    // The previous header's memory may have blocked.
    if (!is_ours()) [[unlikely]]
      return 0;
    store_flags(*block.header, block.done_flags);
    if (!ring_.release_one()) [[unlikely]]
      return 0;
  }
  if (tracing) [[unlikely]]
    trace_finished(first, cursor, now_ns);
  StreamCounters::add(stream_.counters.blocks, cursor - first);
  return cursor - first;
}

/// After the release. No notifier looks for these blocks before the post.
void AudioState::trace_finished(BlockRing::Cursor first, BlockRing::Cursor end,
                                std::int64_t finished_ns) noexcept {
  const std::int64_t released_ns = hal::monotonic_now_ns();
  for (BlockRing::Cursor here = first; here != end; ++here)
    stream_.trace.note_at(finished_ns, TraceKind::finished, here);
  stream_.trace.note_at(released_ns, TraceKind::released, end - 1);
}

void AudioState::give_back_all() noexcept {
  const BlockRing::Cursor first = ring_.seal();
  const BlockRing::Cursor end = ring_.written();
  const std::int64_t now_ns = hal::monotonic_now_ns();
  for (BlockRing::Cursor here = first; here != end; ++here) {
    Block& block = ring_.at(here);
    block.finished_ns = now_ns;
    // The stuck thread may have flagged this one without moving the cursor.
    std::uint32_t queued = (block.done_flags & ~kDone) | kInQueue;
    if (finishing_.load(std::memory_order_relaxed) == here) {
      change_flags(*block.header, queued, block.done_flags);
    } else {
      store_flags(*block.header, block.done_flags);
    }
  }
  ring_.release_sealed();
  StreamCounters::add(stream_.counters.blocks, end - first);
}

void AudioState::publish(const Cycle& cycle, std::uint64_t end, double rate) noexcept {
  // The clock of a lost audio state must stand still for its readers.
  if (!is_ours()) return;
  const double frames_per_ns = end == published_ ? 0.0 : cycle.clock_rate * rate * 1e-9;
  clock_.publish({.epoch = clock_.epoch(),
                  .begin = published_,
                  .end = end,
                  .floor = floor_,
                  .monotonic_ns = cycle.monotonic_ns,
                  .frames_per_ns = static_cast<float>(frames_per_ns)});
  published_ = end;
}

void AudioState::begin_gap(const Cycle& cycle) noexcept {
  gap_ = {.kind = Gap::Kind::stream,
          .device = device_,
          .began_at = cycle.monotonic_ns,
          .flags = cycle.has_schedule ? Gap::kScheduled : std::uint16_t{0},
          .late_ns = cycle.behind_ns};
  stream_.is_dry.store(true, std::memory_order_relaxed);
}

void AudioState::note_gap(const Block& block, std::int64_t ended_at) noexcept {
  if (stream_.gaps == nullptr) return;
  Gap gap = gap_;
  gap.ended_at = std::max(ended_at, gap.began_at);
  // Relaxed: 0 if the stream is being closed.
  gap.stream = stream_.handle.load(std::memory_order_relaxed);
  if (const Prompt& prompt = block.prompt; prompt.written_at != 0) {
    // Negative if it was written after the period began.
    const auto before_us =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(ended_at / 1'000) - prompt.written_at);
    gap.written_at = ended_at - std::int64_t{before_us} * 1'000;
    gap.notifier_ns = std::int64_t{prompt.notifier} * 1'000;
    gap.callbacks_ns = std::int64_t{prompt.callbacks} * 1'000;
    gap.program_ns = std::int64_t{prompt.program} * 1'000;
    gap.thread = stream_.writer.load(std::memory_order_relaxed);
    gap.writer = block.in_callback ? Gap::Writer::callback : Gap::Writer::thread;
  }
  stream_.gaps->record(gap);
}

void AudioState::begin_epoch() noexcept {
  position_ = published_ = floor_ = 0;
  meter_.forget();
  if (pipeline_ && pipeline_->resampler) pipeline_->resampler->reset();
  clock_.publish({.epoch = clock_.epoch() + 1});
}

}  // namespace refwave::core
