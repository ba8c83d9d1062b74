#include "driver/core/period/mixer.h"

#include <algorithm>
#include <utility>

#include "driver/core/stream/playback_half.h"
#include "dsp/denormals.h"

namespace refwave::core {

Mixer::Mixer(std::shared_ptr<StreamTable> table, std::shared_ptr<const Roster> roster, std::uint32_t epoch,
             CompletionBy completion, const dsp::Format& device,
             std::shared_ptr<const std::atomic<std::uint32_t>> device_volume, dsp::Dither dither)
    : round_(std::move(table), std::move(roster), epoch, completion),
      device_(device),
      // Even: the seeds of pipelines are odd (engine/members.cpp).
      encoder_(device, dither, 2 * epoch),
      device_volume_(std::move(device_volume)),
      bus_{} {}

void Mixer::render(std::byte* out, const Cycle& cycle, Stack stack) noexcept {
  {
    const dsp::FlushDenormals flush;
    round_.begin(cycle, device_.rate);
    for_each_run(cycle, device_.rate, kBusFrames, [&](const Cycle& run, std::uint32_t first) noexcept {
      render_run(out + first * device_.bytes_per_frame(), run, first + run.frames == cycle.frames);
    });
    round_.end();
    round_.wake();
  }
  round_.call_clients(stack);
}

void Mixer::render_run(std::byte* out, const Cycle& run, bool last) noexcept {
  const std::size_t samples = std::size_t{run.frames} * device_.channels;
  std::fill_n(bus_.data(), samples, 0.0F);
  const std::uint32_t volume = device_volume_->load(std::memory_order_relaxed);
  round_.each(last, [&](AudioHalf& half) noexcept {
    auto& playback = static_cast<PlaybackHalf&>(half);
    const std::uint32_t finished = playback.render(bus_.data(), run, volume);
    round_.foresee(playback.frames_to_done());
    return finished;
  });
  encoder_.encode(bus_.data(), out, samples);
}

}  // namespace refwave::core
