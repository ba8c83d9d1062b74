// The control thread's half: making a stage, and the voice's side of it.
#include <new>
#include <utility>

#include "driver/core/lanes/speed_stage.h"
#include "driver/core/lanes/voice.h"

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

}  // namespace refwave::core
