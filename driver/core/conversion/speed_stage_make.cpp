// The control threads' half: making a stage.
#include <new>
#include <utility>

#include "driver/core/conversion/speed_stage.h"

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

}  // namespace refwave::core
