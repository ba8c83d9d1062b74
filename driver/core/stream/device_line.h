// The frames of a stream that are rendered but not yet heard. The device's latency holds silence, then the
// stream, then silence. A gap counts as if it came first, so frames may count as unheard too long.
#pragma once

#include <algorithm>
#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::core {

class DeviceLine {
 public:
  /// Effects: adds `made` frames of the stream, then `silence` frames, and removes as many that have been
  /// heard. `latency`: the present one from render to loudspeaker, in frames.
  REFWAVE_AUDIO_THREAD void advance(std::uint32_t latency, std::uint32_t made,
                                    std::uint32_t silence) noexcept {
    if (made != 0) {
      ahead_ += behind_;
      behind_ = 0;
    }
    const std::uint64_t inside = ahead_ + unheard_ + behind_;
    if (inside < latency) ahead_ += latency - inside;
    unheard_ += made;
    behind_ += silence;
    let_out(ahead_ + unheard_ + behind_ - latency);
  }

  /// Effects: no frame counts as unheard (a reset).
  void forget() noexcept {
    ahead_ += unheard_ + behind_;
    unheard_ = behind_ = 0;
  }

  REFWAVE_AUDIO_THREAD std::uint64_t unheard() const noexcept { return unheard_; }

 private:
  REFWAVE_AUDIO_THREAD void let_out(std::uint64_t frames) noexcept {
    for (std::uint64_t* part : {&ahead_, &unheard_, &behind_}) {
      const std::uint64_t out = std::min(frames, *part);
      *part -= out;
      frames -= out;
    }
  }

  std::uint64_t ahead_ = 0;
  std::uint64_t unheard_ = 0;
  std::uint64_t behind_ = 0;
};

}  // namespace refwave::core
