// Output: adds all voices of one open device into a bus and encodes the bus for the device. Each open device
// has one object with a bus of its own, so that the threads of two devices never share it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "driver/core/period/device_round.h"
#include "driver/core/stream/cycle.h"
#include "dsp/encoder.h"
#include "dsp/format.h"
#include "hal/system/cache_line.h"

namespace refwave::core {

/// Frames that are mixed at a time; longer periods are mixed in several runs.
inline constexpr std::uint32_t kBusFrames = 1024;

class Mixer {
 public:
  /// `device_volume`: as Stream::volume, of the wave device; read every period. Each epoch has dither of its
  /// own. Thread: control.
  Mixer(std::shared_ptr<StreamTable> table, std::shared_ptr<const Roster> roster, std::uint32_t epoch,
        CompletionBy completion, const dsp::Format& device,
        std::shared_ptr<const std::atomic<std::uint32_t>> device_volume,
        dsp::Dither dither = dsp::Dither::automatic);

  /// Effects: fills `cycle.frames` frames at `out`, in the device's format, then has the clients of finished
  /// blocks called. `stack`: of this thread. Thread: audio.
  REFWAVE_AUDIO_THREAD void render(std::byte* out, const Cycle& cycle, Stack stack) noexcept;

  const DeviceRound& round() const noexcept { return round_; }

 private:
  REFWAVE_AUDIO_THREAD void render_run(std::byte* out, const Cycle& run, bool last) noexcept;

  DeviceRound round_;
  const dsp::Format device_;
  dsp::Encoder encoder_;
  const std::shared_ptr<const std::atomic<std::uint32_t>> device_volume_;
  alignas(hal::kCacheLine) std::array<float, std::size_t{kBusFrames} * dsp::kMaxChannels> bus_;
};

}  // namespace refwave::core
