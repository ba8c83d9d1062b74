#include "driver/core/stream/track.h"

#include <algorithm>
#include <utility>

#include "driver/core/stream/stream.h"

namespace refwave::core {

Track::Track(Stream& stream, const dsp::Format& client, std::uint32_t capacity)
    : Lane(stream, client, capacity), measure_(dsp::mix_measurer()), mapped_{} {}

std::uint32_t Track::capture(const float* device, const Cycle& cycle) noexcept {
  finished_ = 0;
  is_measuring_ = meter().is_asked();
  if (stream_.running.load(std::memory_order_relaxed)) {
    if (pipeline_->resampler) {
      resample(device, cycle.frames);
    } else {
      for (std::uint32_t done = 0; done < cycle.frames; done += kRunFrames)
        store_mapped(device + std::size_t{done} * pipeline_->from.channels,
                     std::min(cycle.frames - done, kRunFrames));
    }
  }
  if (is_measuring_) meter().pass(cycle.frames, pipeline_->from.rate);
  publish(cycle);
  return finished_;
}

void Track::resample(const float* device, std::uint32_t frames) noexcept {
  Pipeline& way = *pipeline_;
  std::uint32_t used = 0;
  for (;;) {
    const auto step = way.resampler->process(device + std::size_t{used} * way.from.channels, frames - used,
                                             way.after.data(), kRunFrames);
    used += static_cast<std::uint32_t>(step.in_used);
    store_mapped(way.after.data(), static_cast<std::uint32_t>(step.out_made));
    // All input is used.
    if (step.out_made < kRunFrames) return;
  }
}

void Track::store_mapped(const float* frames, std::uint32_t count) noexcept {
  if (pipeline_->map.is_identity()) return store(frames, count);
  std::fill_n(mapped_.data(), std::size_t{count} * pipeline_->to.channels, 0.0F);
  pipeline_->map.add(frames, mapped_.data(), count);
  store(mapped_.data(), count);
}

void Track::store(const float* frames, std::uint32_t count) noexcept {
  Pipeline& way = *pipeline_;
  const std::size_t frame_bytes = way.to.bytes_per_frame();
  while (count > 0 && !stream_.is_retired()) {
    Block* block = ring().playing();
    if (block == nullptr) return StreamCounters::add(stream_.counters.underruns, count);
    if (offset_ == 0) stream_.trace.note(TraceKind::started, ring().play());
    const std::uint32_t n = std::min(count, block->frames - offset_);
    const std::size_t samples = std::size_t{n} * way.to.channels;
    if (is_measuring_) measure_(reinterpret_cast<const std::byte*>(frames), samples, meter().window());
    way.encoder.encode(frames, block->data + offset_ * frame_bytes, samples);
    // The client's memory may have been missing for so long that the ring's entry is another block.
    if (stream_.is_retired()) return;
    frames += samples;
    count -= n;
    offset_ += n;
    position_ += n;
    if (offset_ == block->frames) finish_block(*block);
  }
}

void Track::finish_block(Block& block) noexcept {
  // As in finish_until().
  if (stream_.is_retired()) return;
  block.header->bytes_recorded = static_cast<std::uint32_t>(offset_ * client().bytes_per_frame());
  block.end_frame = position_;
  offset_ = 0;
  floor_ = position_;
  ring().set_play(ring().play() + 1);
  finished_ += finish_until(ring().play(), floor_);
}

void Track::publish(const Cycle& cycle) noexcept {
  const double rate = position_ == published_ ? 0.0 : cycle.clock_rate * client().rate * 1e-9;
  stream_.position.publish({.epoch = stream_.position.epoch(),
                            .begin = published_,
                            .end = position_,
                            .floor = floor_,
                            .monotonic_ns = cycle.monotonic_ns,
                            .frames_per_ns = static_cast<float>(rate)});
  published_ = position_;
}

std::uint32_t Track::frames_to_done() noexcept {
  // As in store().
  if (stream_.is_retired()) return kNever;
  const Block* block = ring().playing();
  if (block == nullptr || !stream_.running.load(std::memory_order_relaxed)) return kNever;
  const std::uint64_t frames =
      std::uint64_t{block->frames - offset_} * pipeline_->from.rate / pipeline_->to.rate;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(frames, kNever - 1));
}

std::uint32_t Track::return_partial() noexcept {
  finished_ = 0;
  if (offset_ != 0) finish_block(*ring().playing());
  stream_.position.publish(
      {.epoch = stream_.position.epoch(), .begin = position_, .end = position_, .floor = position_});
  published_ = position_;
  return finished_;
}

std::uint32_t Track::return_all() noexcept {
  // This comes first, because it needs the block that is being filled.
  std::uint32_t finished = return_partial();
  finished += finish_until(ring().skip_all(), floor_);
  position_ = published_ = floor_ = 0;
  meter().forget();
  if (pipeline_ && pipeline_->resampler) pipeline_->resampler->reset();
  stream_.position.publish({.epoch = stream_.position.epoch() + 1});
  return finished;
}

std::unique_ptr<Pipeline> Track::exchange_pipeline(std::unique_ptr<Pipeline> pipeline) noexcept {
  return std::exchange(pipeline_, std::move(pipeline));
}

}  // namespace refwave::core
