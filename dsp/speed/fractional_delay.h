// Frames of a sound at places that lie between two of its frames. The filter is the resampler's at `fastest`,
// which lets all but the highest tenth of the spectrum through. Control threads make it; any one reads.
#pragma once

#include <array>
#include <cstddef>

#include "dsp/audio_thread.h"
#include "dsp/filter_bank.h"

namespace refwave::dsp {

/// A place in a buffer of frames: `part` of a frame, less than 1, after one of them.
struct Place {
  std::size_t frame = 0;
  double part = 0;

  friend bool operator==(const Place&, const Place&) = default;
};

class FractionalDelay {
 public:
  static constexpr std::size_t kTaps = 40;
  /// Frames that are read before and after the one at a place.
  static constexpr std::size_t kAfter = kTaps / 2;
  static constexpr std::size_t kBefore = kAfter - 1;
  using Row = std::array<float, kTaps>;

  /// Returns: false without memory. Thread: control.
  bool make() noexcept;

  /// Returns: the coefficients for places `part` of a frame after a frame. The first one belongs to the frame
  /// kBefore frames before that.
  REFWAVE_AUDIO_THREAD Row row_at(double part) const noexcept;

  /// Effects: writes `count` samples, whole interleaved frames. `in`: the frame at the first one's place. No
  /// sample depends on how many are asked for at once.
  REFWAVE_AUDIO_THREAD static void read(const float* in, std::size_t channels, const Row& row, float* out,
                                        std::size_t count) noexcept;

 private:
  SharedBank bank_;
};

}  // namespace refwave::dsp
