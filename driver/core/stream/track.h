// The audio thread's view of an input stream: fills the client's blocks with what the device recorded, and
// finishes the full ones. Only the seat's holder uses it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "driver/core/conversion/pipeline.h"
#include "driver/core/stream/cycle.h"
#include "driver/core/stream/lane.h"

namespace refwave::core {

class Track final : public Lane {
 public:
  /// Thread: control. Throws std::bad_alloc.
  Track(Stream& stream, const dsp::Format& client, std::uint32_t capacity);

  /// Effects: writes the recorded frames (`device`: float, the device's channels and rate) into the client's
  /// blocks; frames that find no block are dropped and counted, and the position leaves them out. Returns:
  /// blocks finished. Thread: audio, in the seat.
  REFWAVE_AUDIO_THREAD std::uint32_t capture(const float* device, const Cycle& cycle) noexcept;

  /// Returns: device frames until the next block is full, as far as can be foreseen, or kNever. Thread:
  /// audio, in the seat.
  REFWAVE_AUDIO_THREAD std::uint32_t frames_to_done() noexcept;

  /// Effects: finishes the block that is being filled, if it holds data. Returns: blocks finished, 0 or 1.
  /// Thread: the seat's holder.
  std::uint32_t return_partial() noexcept;

  /// Effects: finishes every queued block, the first perhaps partly filled; position 0 in a new epoch.
  /// Returns: blocks finished. Thread: the seat's holder.
  std::uint32_t return_all() noexcept;

  /// Effects: uses this pipeline from now on. Returns: the pipeline before. Thread: the seat's holder.
  std::unique_ptr<Pipeline> exchange_pipeline(std::unique_ptr<Pipeline> pipeline) noexcept;

 private:
  REFWAVE_AUDIO_THREAD void resample(const float* device, std::uint32_t frames) noexcept;
  REFWAVE_AUDIO_THREAD void store_mapped(const float* frames, std::uint32_t count) noexcept;
  REFWAVE_AUDIO_THREAD void store(const float* frames, std::uint32_t count) noexcept;
  REFWAVE_AUDIO_THREAD void finish_block(Block& block) noexcept;
  REFWAVE_AUDIO_THREAD void publish(const Cycle& cycle) noexcept;

  const dsp::Measure measure_;
  bool is_measuring_ = false;  // in this capture()
  std::unique_ptr<Pipeline> pipeline_;
  Scratch mapped_;               // frames in the client's channels
  std::uint32_t offset_ = 0;     // frames of the playing block that are filled
  std::uint64_t position_ = 0;   // frames stored since open or reset
  std::uint64_t published_ = 0;  // the end of the last published span
  std::uint64_t floor_ = 0;      // position after the last finished block
  std::uint32_t finished_ = 0;   // blocks finished in this capture()
};

}  // namespace refwave::core
