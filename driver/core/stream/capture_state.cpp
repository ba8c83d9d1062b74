#include "driver/core/stream/capture_state.h"

#include <algorithm>
#include <utility>

#include "driver/core/stream/stream.h"

namespace refwave::core {

CaptureState::CaptureState(Stream& stream, const dsp::Format& client, std::uint32_t capacity,
                           PositionClock& clock, BlockRing::Cursor first)
    : AudioState(stream, client, capacity, clock, first),
      measure_(dsp::measurer(dsp::SampleType::f32)),
      mapped_{} {}

std::unique_ptr<AudioState> CaptureState::make_fresh(PositionClock& clock) {
  return std::make_unique<CaptureState>(stream_, client(), ring().capacity(), clock, ring().written());
}

std::uint32_t CaptureState::capture(const float* device, const Cycle& cycle) noexcept {
  finished_ = missed_ = taken_ = 0;
  cycle_ = cycle;
  is_measuring_ = meter().is_asked();
  if (stream_.running.load(std::memory_order_relaxed)) {
    if (pipeline_->resampler) {
      resample(device, cycle.frames);
    } else {
      for (std::uint32_t done = 0; done < cycle.frames; done += kRunFrames)
        store_mapped(device + std::size_t{done} * pipeline_->from.channels,
                     std::min(cycle.frames - done, kRunFrames));
    }
    const std::uint64_t missed = std::uint64_t{missed_} * pipeline_->from.rate / pipeline_->to.rate;
    taken_ = cycle.frames - static_cast<std::uint32_t>(std::min<std::uint64_t>(missed, cycle.frames));
  }
  if (is_measuring_) meter().pass(cycle.frames, pipeline_->from.rate);
  publish(cycle, position_, client().rate);
  return finished_;
}

void CaptureState::resample(const float* device, std::uint32_t frames) noexcept {
  Pipeline& way = *pipeline_;
  std::uint32_t used = 0;
  for (;;) {
    const auto step = way.resampler->process(device + std::size_t{used} * way.from.channels, frames - used,
                                             way.after.data(), kRunFrames);
    used += static_cast<std::uint32_t>(step.in_used);
    store_mapped(way.after.data(), static_cast<std::uint32_t>(step.out_made));
    if (step.out_made < kRunFrames) return;
  }
}

void CaptureState::store_mapped(const float* frames, std::uint32_t count) noexcept {
  if (pipeline_->map.is_identity()) {
    store(frames, count);
    return;
  }
  std::fill_n(mapped_.data(), std::size_t{count} * pipeline_->to.channels, 0.0F);
  pipeline_->map.add(frames, mapped_.data(), count);
  store(mapped_.data(), count);
}

void CaptureState::store(const float* frames, std::uint32_t count) noexcept {
  Pipeline& way = *pipeline_;
  const std::size_t frame_bytes = way.to.bytes_per_frame();
  while (count > 0 && is_ours()) {
    Block* block = ring().playing();
    if (block == nullptr) {
      missed_ += count;
      if (cycle_.skips_silence) return;
      StreamCounters::add(stream_.counters.underruns, count);
      if (!std::exchange(is_dry_, true)) begin_gap(cycle_);
      return;
    }
    if (std::exchange(is_dry_, false)) [[unlikely]]
      note_gap(*block, cycle_.monotonic_ns);
    if (offset_ == 0) stream_.trace.note(TraceKind::started, ring().play());
    const std::uint32_t n = std::min(count, block->frames - offset_);
    const std::size_t samples = std::size_t{n} * way.to.channels;
    if (is_measuring_) measure_(reinterpret_cast<const std::byte*>(frames), samples, meter().window());
    way.encoder.encode(frames, block->data + offset_ * frame_bytes, samples);
    // The client's memory may have blocked so long that the audio state is lost, and its blocks returned.
    if (!is_ours()) return;
    frames += samples;
    count -= n;
    offset_ += n;
    position_ += n;
    if (offset_ == block->frames) finish_block(*block);
  }
}

void CaptureState::finish_block(Block& block) noexcept {
  // The header's memory may block, too, so the ring's entry comes first.
  if (!is_ours()) return;
  block.end_frame = position_;
  block.header->bytes_recorded = static_cast<std::uint32_t>(offset_ * client().bytes_per_frame());
  offset_ = 0;
  floor_ = position_;
  ring().set_play(ring().play() + 1);
  finished_ += finish_until(ring().play(), floor_);
}

std::uint32_t CaptureState::frames_to_done() noexcept {
  if (!is_ours()) return kNever;
  const Block* block = ring().playing();
  if (block == nullptr || !stream_.running.load(std::memory_order_relaxed)) return kNever;
  const std::uint64_t frames =
      std::uint64_t{block->frames - offset_} * pipeline_->from.rate / pipeline_->to.rate;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(frames, kNever - 1));
}

std::uint32_t CaptureState::return_partial() noexcept {
  finished_ = 0;
  // Nothing follows, so it is no gap.
  is_dry_ = false;
  if (offset_ != 0) finish_block(*ring().playing());
  clock_.publish({.epoch = clock_.epoch(), .begin = position_, .end = position_, .floor = position_});
  published_ = position_;
  return finished_;
}

void CaptureState::return_all() noexcept {
  // First, because it needs the block being filled.
  return_partial();
  finish_until(ring().skip_all(), floor_);
  begin_epoch();
}

std::unique_ptr<Pipeline> CaptureState::exchange_pipeline(std::unique_ptr<Pipeline> pipeline) noexcept {
  return std::exchange(pipeline_, std::move(pipeline));
}

}  // namespace refwave::core
