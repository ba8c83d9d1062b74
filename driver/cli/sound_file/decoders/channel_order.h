// In which order a container has its channels, and the order of WAVE, which the wave functions take. Pure;
// any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "dsp/format.h"

namespace refwave::cli {

class ChannelOrder {
 public:
  ChannelOrder() = default;
  /// `speakers`: for each channel the number of its SPEAKER_* bit. If one is there twice, or is no speaker,
  /// the channels stay as they are.
  explicit ChannelOrder(std::span<const int> speakers);

  /// Returns: the channel mask after reorder(); 0: the usual one.
  std::uint32_t mask() const { return mask_; }
  void reorder(std::byte* bytes, std::size_t frames, const dsp::Format& format) const;

 private:
  std::uint32_t mask_ = 0;
  bool is_moved_ = false;
  std::array<std::uint8_t, dsp::kMaxChannels> from_{};
};

/// Returns: the order of Vorbis ("Vorbis I specification", 4.3.9), which is that of Opus, too.
ChannelOrder vorbis_order(std::size_t channels);

}  // namespace refwave::cli
