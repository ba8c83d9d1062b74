// The control thread's half: making a stage, and the voice's side of it.
#include <new>
#include <utility>

#include "driver/core/lanes/speed_stage.h"
#include "driver/core/lanes/voice.h"

namespace refwave::core {

SpeedStage::SpeedStage(const dsp::Format& client, std::unique_ptr<dsp::Speed> speed) noexcept
    : channels_(client.channels), speed_(std::move(speed)) {}

bool Voice::prepare_speed(dsp::Factor rate, dsp::Factor pitch, dsp::Quality quality) noexcept {
  if (!stage_owner_) {
    if (rate == dsp::kUnity && pitch == dsp::kUnity) return true;
    auto speed = dsp::Speed::make(client().channels, client().rate, quality);
    if (!speed) return false;
    std::unique_ptr<SpeedStage> stage(new (std::nothrow) SpeedStage(client(), std::move(speed)));
    if (!stage || !stage->prepare(rate, pitch)) return false;
    stage_owner_ = std::move(stage);
    // Release: pairs with apply_speed().
    new_stage_.store(stage_owner_.get(), std::memory_order_release);
    return true;
  }
  return stage_owner_->prepare(rate, pitch);
}

}  // namespace refwave::core
