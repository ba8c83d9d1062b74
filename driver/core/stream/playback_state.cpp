#include "driver/core/stream/playback_state.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "driver/core/stream/stream.h"

namespace refwave::core {
namespace {

constexpr float kFullVolume = 65535.0F;

float gain_of(std::uint32_t stream, std::uint32_t device) noexcept {
  return static_cast<float>(stream & 0xFFFFU) / kFullVolume *
         (static_cast<float>(device & 0xFFFFU) / kFullVolume);
}

}  // namespace

PlaybackState::PlaybackState(Stream& stream, const dsp::Format& client, std::uint32_t capacity,
                             Done done_when, PositionClock& clock, BlockRing::Cursor first)
    : AudioState(stream, client, capacity, clock, first),
      done_when_(done_when),
      count_non_finite_(dsp::non_finite_counter(client.type)),
      measure_(dsp::measurer(client.type)),
      breaks_seen_(stream.loop_breaks.load(std::memory_order_relaxed)) {}

std::unique_ptr<AudioState> PlaybackState::make_fresh(PositionClock& clock) {
  auto fresh = std::make_unique<PlaybackState>(stream_, client(), ring().capacity(), done_when_, clock,
                                               ring().written());
  if (!stage_owner_) return fresh;
  const PackedSpeed speed = stream_.speed.load(std::memory_order_relaxed);
  auto parts = make_speed_parts(fresh->speed_request(rate_of(speed), pitch_of(speed), stream_.quality));
  if (!parts || !fresh->prepare_speed(*parts)) throw std::bad_alloc();
  return fresh;
}

std::uint32_t PlaybackState::render(float* bus, const Cycle& cycle, std::uint32_t device_volume) noexcept {
  finished_ = 0;
  cycle_ = cycle;
  is_measuring_ = meter().is_asked();
  if (done_when_ == Done::played) finish_played();
  const std::uint32_t breaks = stream_.loop_breaks.load(std::memory_order_relaxed);
  if (std::exchange(breaks_seen_, breaks) != breaks && loop_.active) loop_.passes_left = 1;
  std::uint32_t made = 0;
  if (stream_.running.load(std::memory_order_relaxed)) {
    end_ns_ = end_ns(cycle);
    apply_volume(device_volume);
    apply_speed();
    Pipeline& way = *pipeline_;
    if (way.resampler) {
      made = render_resampled(bus, cycle.frames);
    } else if (stage_ != nullptr) {
      made = render_changed(bus, cycle.frames);
    } else {
      made = take_blocks(cycle.frames, [&](const std::byte* data, std::uint32_t before, std::uint32_t n) {
        dsp::mix(way.map, way.gain, data, bus + std::size_t{before} * way.to.channels, n);
      });
    }
    if (made < cycle.frames) ran_dry(cycle.frames - made);
  } else if (loop_.active && dry_) {
    // A pause stops the time of an open loop.
    restart_dry();
  } else if (dry_) {
    // A block written during a pause is not late.
    dry_frames_ = kLongAgo;
  }
  made_ = made;
  if (made != 0) playout_end_ns_ = end_ns_;
  if (made == 0 && cycle.frames != 0) sounding_.store(false, std::memory_order_relaxed);
  has_tail_.store(holds_frames() && cycle.clock_rate > 0, std::memory_order_relaxed);
  line_.advance(cycle.latency_frames, made, cycle.frames - made);
  if (is_measuring_) meter().pass(cycle.frames, pipeline_->to.rate);
  publish(cycle, std::max({heard_frames(), published_, floor_}), pipeline_->from.rate * speed_rate());
  return finished_;
}

void PlaybackState::apply_volume(std::uint32_t device_volume) noexcept {
  const std::uint32_t volume = stream_.volume.load(std::memory_order_relaxed);
  if (heard_before_ && volume == volume_ && device_volume == device_volume_) return;
  volume_ = volume;
  device_volume_ = device_volume;
  // A mono stream's volume is the low word.
  const std::uint32_t right_volume = client().channels == 1 ? volume : volume >> 16;
  const float left = gain_of(volume, device_volume);
  const float right = gain_of(right_volume, device_volume >> 16);
  if (heard_before_) {
    pipeline_->gain.set_target(left, right);
  } else {
    pipeline_->gain.jump(left, right);
  }
}

std::uint32_t PlaybackState::render_resampled(float* bus, std::uint32_t frames) noexcept {
  Pipeline& way = *pipeline_;
  std::uint32_t made = 0;
  while (made < frames) {
    const std::uint32_t wanted = std::min(frames - made, kRunFrames);
    if (held_ == 0 && !feed_resampler(wanted)) break;
    const auto step = way.resampler->process(way.before.data() + std::size_t{held_at_} * way.from.channels,
                                             held_, way.after.data(), wanted);
    held_at_ += static_cast<std::uint32_t>(step.in_used);
    held_ -= static_cast<std::uint32_t>(step.in_used);
    dsp::mix(way.map, way.gain, way.after.data(), bus + std::size_t{made} * way.to.channels, step.out_made);
    made += static_cast<std::uint32_t>(step.out_made);
    if (step.in_used == 0 && step.out_made == 0) break;
  }
  return made;
}

/// Effects: feeds the resampler for `frames` frames of output: the client's frames, and after the last of
/// them silence, until none of the client's is inside. Returns: false if nothing is left to bring out.
bool PlaybackState::feed_resampler(std::uint32_t frames) noexcept {
  Pipeline& way = *pipeline_;
  const std::size_t missing = way.resampler->missing(frames);
  const auto want = static_cast<std::uint32_t>(std::clamp<std::size_t>(missing, 1, kRunFrames));
  held_at_ = 0;
  held_ = next_frames(way.before.data(), want);
  if (held_ != 0) {
    silence_ = 0;
    return true;
  }
  if (position_ == 0) return false;
  // As in next_frames().
  if (!dry_) restart_dry();
  if (!holds_frames()) return false;
  held_ = want;
  silence_ += want;
  std::memset(way.before.data(), 0, std::size_t{want} * way.from.channels * sizeof(float));
  return true;
}

std::uint32_t PlaybackState::pull(float* out, std::uint32_t frames) noexcept {
  const Pipeline& way = *pipeline_;
  return take_blocks(frames, [&](const std::byte* data, std::uint32_t made, std::uint32_t n) {
    way.decode(data, out + std::size_t{made} * way.from.channels, std::size_t{n} * way.from.channels);
  });
}

/// Effects: calls `use(data, made, n)` for up to `frames` frames of the client's, `n` of each block. The
/// client's memory may block in `use` until the audio state is lost. Returns: frames used.
template <typename Use>
std::uint32_t PlaybackState::take_blocks(std::uint32_t frames, Use use) noexcept {
  const std::size_t frame_bytes = pipeline_->from.bytes_per_frame();
  std::uint32_t made = 0;
  while (made < frames && is_ours()) {
    Block* block = ring().playing();
    if (block == nullptr) break;
    if (offset_ == 0) begin_block(*block);
    const std::uint32_t n = std::min(frames - made, block->frames - offset_);
    const std::byte* const data = block->data + offset_ * frame_bytes;
    look_at(data, n);
    use(data, made, n);
    made += n;
    if (!is_ours()) break;
    offset_ += n;
    position_ += n;
    if (offset_ == block->frames) end_block(*block);
  }
  if (made != 0) heard_before_ = true;
  return made;
}

/// Effects: counts non-finite samples, which decoding silences, and measures on request.
void PlaybackState::look_at(const std::byte* data, std::uint32_t frames) noexcept {
  const std::size_t samples = std::size_t{frames} * client().channels;
  if (count_non_finite_ != nullptr) {
    if (const std::size_t count = count_non_finite_(data, samples); count != 0) [[unlikely]]
      StreamCounters::add(stream_.counters.silenced, count);
  }
  if (is_measuring_) measure_(data, samples, meter().window());
}

void PlaybackState::begin_block(const Block& block) noexcept {
  stream_.trace.note(TraceKind::started, ring().play());
  // Written when the block is done.
  prefetch(&block.header->flags);
  // Before the block can be finished: who sees the queue empty sees the sound. The cursor's release orders it
  sounding_.store(true, std::memory_order_relaxed);
  // and the tail.
  if ((pipeline_->resampler || stage_ != nullptr) && cycle_.clock_rate > 0)
    has_tail_.store(true, std::memory_order_relaxed);
  if (dry_ && !cycle_.skips_silence && comes_late()) {
    StreamCounters::add(stream_.counters.underruns, 1);
    note_gap(block, cycle_.monotonic_ns);
  }
  dry_ = false;
  if (!block.begins_loop || loop_.active || block.loops <= 1) return;
  loop_ = {.active = true, .begin = ring().play(), .passes_left = block.loops, .pass_frames = 0};
}

void PlaybackState::end_block(Block& block) noexcept {
  offset_ = 0;
  block.end_frame = position_;
  if (loop_.active) {
    loop_.pass_frames += block.frames;
    // A pass without frames would repeat forever within a period.
    const bool again = block.ends_loop && loop_.passes_left > 1 && loop_.pass_frames > 0;
    if (again) {
      if (loop_.passes_left != kEndless) --loop_.passes_left;
      loop_.pass_frames = 0;
      ring().set_play(loop_.begin);
      return;
    }
    if (block.ends_loop) loop_.active = false;
  }
  ring().set_play(ring().play() + 1);
  if (!loop_.active) finish_consumed();
}

/// Effects: under done = consumed, finishes the blocks before the play cursor.
void PlaybackState::finish_consumed() noexcept {
  if (done_when_ == Done::played) return;
  if (end_ns_ > stream_.heard_ns.load(std::memory_order_relaxed))
    stream_.heard_ns.store(end_ns_, std::memory_order_relaxed);
  floor_ = position_;
  finished_ += finish_until(ring().play(), floor_);
}

/// Effects: under done = played, finishes the blocks that have been heard.
void PlaybackState::finish_played() noexcept {
  const BlockRing::Cursor end = loop_.active ? loop_.begin : ring().play();
  const std::uint64_t heard = heard_frames();
  BlockRing::Cursor here = ring().released();
  while (here != end && ring().at(here).end_frame <= heard) ++here;
  if (here == ring().released()) return;
  floor_ = ring().at(here - 1).end_frame;
  finished_ += finish_until(here, floor_);
}

/// Returns: whether the stream ran dry less than half a second ago; after that it starts again.
bool PlaybackState::comes_late() const noexcept {
  const double by_the_clock_ns = static_cast<double>(cycle_.monotonic_ns - gap_.began_at) * cycle_.clock_rate;
  return dry_frames_ < pipeline_->to.rate / 2 && by_the_clock_ns < 0.5e9;
}

void PlaybackState::restart_dry() noexcept {
  dry_ = true;
  dry_frames_ = 0;
  begin_gap(cycle_);
}

void PlaybackState::ran_dry(std::uint32_t missing_frames) noexcept {
  // Silence while headers wait for room in the ring is an underrun, however long.
  if (!dry_ || stream_.waiting.load(std::memory_order_relaxed) != 0) restart_dry();
  if (dry_frames_ < kLongAgo) dry_frames_ += missing_frames;
  if (!loop_.active || more_of_loop_may_come()) return;
  // The loop's end was never written: it is played once, so that nothing hangs.
  loop_.active = false;
  finish_consumed();
}

/// Returns: whether the rest of the loop waits for room, is in the ring by now, or may just be being written.
bool PlaybackState::more_of_loop_may_come() noexcept {
  // The loop fills the ring, so no more comes before it ends.
  if (ring().play() - loop_.begin == ring().capacity()) return false;
  // A header enters the ring, then stops waiting. Acquire: pairs with Stream::waiting_changed().
  if (stream_.waiting.load(std::memory_order_acquire) != 0 || ring().playing() != nullptr) return true;
  return comes_late();
}

std::int64_t PlaybackState::end_ns(const Cycle& cycle) const noexcept {
  const double device_frames = static_cast<double>(cycle.latency_frames) + cycle.frames;
  const double rate = cycle.clock_rate * pipeline_->to.rate * 1e-9;
  return rate > 0 ? cycle.monotonic_ns + static_cast<std::int64_t>(device_frames / rate) : 0;
}

std::uint32_t PlaybackState::frames_to_done() noexcept {
  if (!is_ours()) return kNever;
  const bool played = done_when_ == Done::played;
  // Under done = played the oldest unheard block, otherwise the one that plays.
  const bool unheard = played && !loop_.active && ring().released() != ring().play();
  const Block* block = unheard ? &ring().at(ring().released()) : ring().playing();
  if (block == nullptr || (!unheard && (loop_.active || !stream_.running.load(std::memory_order_relaxed))))
    return kNever;
  const std::uint64_t end = unheard ? block->end_frame : position_ - offset_ + block->frames;
  const std::uint64_t now = std::min(end, played ? published_ : position_);
  const double left = static_cast<double>(end - now) * pipeline_->to.rate / pipeline_->from.rate;
  return static_cast<std::uint32_t>(std::min<double>(left / speed_rate(), kNever - 1));
}

void PlaybackState::return_all() noexcept {
  finish_until(ring().skip_all(), floor_);
  loop_ = {};
  offset_ = 0;
  line_.forget();
  playout_end_ns_ = 0;
  has_tail_.store(false, std::memory_order_relaxed);
  dry_ = true;
  dry_frames_ = kLongAgo;
  sounding_.store(false, std::memory_order_relaxed);
  held_ = 0;
  silence_ = 0;
  if (stage_ != nullptr) stage_->reset();
  breaks_seen_ = stream_.loop_breaks.load(std::memory_order_relaxed);
  begin_epoch();
}

std::unique_ptr<Pipeline> PlaybackState::exchange_pipeline(std::unique_ptr<Pipeline> pipeline) noexcept {
  held_ = 0;
  silence_ = 0;
  // The new pipeline's gain jumps to the volume.
  heard_before_ = false;
  return std::exchange(pipeline_, std::move(pipeline));
}

}  // namespace refwave::core
