// The audio state of an input stream: fills the client's blocks. The lock's owner's.
#pragma once

#include <cstdint>
#include <memory>

#include "driver/core/conversion/pipeline.h"
#include "driver/core/stream/audio_state.h"
#include "driver/core/stream/cycle.h"

namespace refwave::core {

class CaptureState final : public AudioState {
 public:
  /// Thread: control. Throws std::bad_alloc.
  CaptureState(Stream& stream, const dsp::Format& client, std::uint32_t capacity, PositionClock& clock,
               BlockRing::Cursor first = 0);

  /// Effects: writes recorded frames (float, in the device's format) into the client's blocks. Frames without
  /// a block are dropped and counted, and not part of the position. Returns: blocks finished. Thread: audio.
  REFWAVE_AUDIO_THREAD std::uint32_t capture(const float* device, const Cycle& cycle) noexcept;

  /// Returns: how many device frames of the last capture(), from its first on, went into blocks. Thread:
  /// audio.
  REFWAVE_AUDIO_THREAD std::uint32_t taken() const noexcept { return taken_; }

  /// Returns: device frames until the next block is full, or kNever. Thread: audio.
  REFWAVE_AUDIO_THREAD std::uint32_t frames_to_done() noexcept;

  /// Effects: finishes the block being filled, if it holds data. Returns: blocks finished.
  std::uint32_t return_partial() noexcept;

  std::unique_ptr<AudioState> make_fresh(PositionClock& clock) override;
  void return_all() noexcept override;
  std::unique_ptr<Pipeline> exchange_pipeline(std::unique_ptr<Pipeline> pipeline) noexcept override;
  bool counts_given_back() const noexcept override { return false; }

 private:
  REFWAVE_AUDIO_THREAD void resample(const float* device, std::uint32_t frames) noexcept;
  REFWAVE_AUDIO_THREAD void store_mapped(const float* frames, std::uint32_t count) noexcept;
  REFWAVE_AUDIO_THREAD void store(const float* frames, std::uint32_t count) noexcept;
  REFWAVE_AUDIO_THREAD void finish_block(Block& block) noexcept;

  const dsp::Measure measure_;
  bool is_measuring_ = false;   // in this capture()
  Scratch mapped_;              // frames in the client's channels
  std::uint32_t offset_ = 0;    // frames of the playing block that are filled
  std::uint32_t finished_ = 0;  // blocks finished in this capture()
  std::uint32_t missed_ = 0;    // client's frames that found no block in this capture()
  std::uint32_t taken_ = 0;
  Cycle cycle_;          // of this capture()
  bool is_dry_ = false;  // frames find no block
};

}  // namespace refwave::core
