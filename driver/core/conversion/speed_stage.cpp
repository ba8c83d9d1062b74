#include "driver/core/conversion/speed_stage.h"

#include <cstring>
#include <new>
#include <utility>

namespace refwave::core {

SpeedStage::SpeedStage(const dsp::Format& client, std::unique_ptr<dsp::Speed> speed) noexcept
    : channels_(client.channels), speed_(std::move(speed)) {}

std::optional<SpeedParts> make_speed_parts(const SpeedRequest& request) noexcept {
  SpeedParts parts{.request = request, .stage = nullptr, .filter = nullptr};
  if (request.filter) parts.filter = dsp::shared_bank(*request.filter);
  if (request.filter && !parts.filter) return std::nullopt;
  if (request.needs_stage) {
    auto speed = dsp::Speed::make(request.client.channels, request.client.rate, request.quality);
    if (!speed || !speed->prepare(request.rate, request.pitch)) return std::nullopt;
    parts.stage.reset(new (std::nothrow) SpeedStage(request.client, std::move(speed)));
    if (!parts.stage) return std::nullopt;
  }
  return parts;
}

void SpeedStage::begin(std::uint64_t position) noexcept {
  if (position != 0) speed_->begin_inside();
  line_.begin(static_cast<double>(position));
}

void SpeedStage::set(dsp::Factor rate, dsp::Factor pitch) noexcept {
  rate_ = static_cast<double>(rate) / dsp::kUnity;
  speed_->set(rate, pitch);
}

std::uint32_t SpeedStage::process(float* out, std::uint32_t frames) noexcept {
  const auto step = speed_->process(fed_.data() + std::size_t{held_at_} * channels_, held_, out, frames);
  held_at_ += static_cast<std::uint32_t>(step.in_used);
  held_ -= static_cast<std::uint32_t>(step.in_used);
  return static_cast<std::uint32_t>(step.out_made);
}

/// Returns: how many frames to decode next. No more, so that clients get their memory back evenly.
std::uint32_t SpeedStage::wanted_frames(std::uint32_t out_frames) noexcept {
  return static_cast<std::uint32_t>(std::clamp<std::size_t>(speed_->missing(out_frames), 1, kRunFrames));
}

void SpeedStage::feed_silence(std::uint32_t frames) noexcept {
  held_ = frames;
  silence_ += frames;
  std::memset(fed_.data(), 0, std::size_t{frames} * channels_ * sizeof(float));
}

/// Returns: the client's frames that have not come out.
double SpeedStage::inside() const noexcept {
  return speed_->delay_frames() + static_cast<double>(held_) - static_cast<double>(silence_);
}

void SpeedStage::reset() noexcept {
  speed_->reset();
  held_ = 0;
  silence_ = made_ = 0;
  line_.begin(0);
}

}  // namespace refwave::core
