#include "driver/core/period/recorder.h"

#include <utility>

#include "driver/core/stream/capture_half.h"
#include "dsp/denormals.h"

namespace refwave::core {

Recorder::Recorder(std::shared_ptr<StreamTable> table, std::shared_ptr<const Roster> roster,
                   std::uint32_t epoch, CompletionBy completion, const dsp::Format& device)
    : round_(std::move(table), std::move(roster), epoch, completion),
      device_(device),
      decode_(dsp::decoder(device.type)),
      frames_{} {}

void Recorder::capture(const std::byte* in, const Cycle& cycle, Stack stack) noexcept {
  {
    const dsp::FlushDenormals flush;
    round_.begin(cycle, device_.rate);
    for_each_run(cycle, device_.rate, kBusFrames, [&](const Cycle& run, std::uint32_t first) noexcept {
      decode_(in + first * device_.bytes_per_frame(), frames_.data(),
              std::size_t{run.frames} * device_.channels);
      round_.each(first + run.frames == cycle.frames, [&](AudioHalf& half) noexcept {
        auto& capture = static_cast<CaptureHalf&>(half);
        const std::uint32_t finished = capture.capture(frames_.data(), run);
        round_.foresee(capture.frames_to_done());
        return finished;
      });
    });
    round_.end();
    round_.wake();
  }
  round_.call_clients(stack);
}

}  // namespace refwave::core
