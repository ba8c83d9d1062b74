// Input: decodes what one open device recorded and gives it to every track. Each open device has one object.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "driver/core/period/device_round.h"
#include "driver/core/period/mixer.h"
#include "driver/core/stream/cycle.h"
#include "dsp/conversion.h"
#include "dsp/format.h"
#include "hal/system/cache_line.h"

namespace refwave::core {

class Recorder {
 public:
  /// Thread: control.
  Recorder(std::shared_ptr<StreamTable> table, std::shared_ptr<const Roster> roster, std::uint32_t epoch,
           CompletionBy completion, const dsp::Format& device);

  /// Effects: takes `cycle.frames` frames at `in`, in the device's format, then has the clients of finished
  /// blocks called. `stack`: of this thread. Thread: audio.
  REFWAVE_AUDIO_THREAD void capture(const std::byte* in, const Cycle& cycle, Stack stack) noexcept;

  const DeviceRound& round() const noexcept { return round_; }

 private:
  DeviceRound round_;
  const dsp::Format device_;
  const dsp::Decode decode_;
  alignas(hal::kCacheLine) std::array<float, std::size_t{kBusFrames} * dsp::kMaxChannels> frames_;
};

}  // namespace refwave::core
