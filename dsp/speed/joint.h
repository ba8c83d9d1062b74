// Where a sound continues another one best: the likeness of two pieces, and the best joint to a fraction of a
// frame. Pure functions for the audio thread.
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

/// Frames of a sound at places that lie between two of its frames. The filter is the resampler's at
/// `fastest`. Control threads make it; any one reads.
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

/// Frames by which refined_joint() may move a joint.
inline constexpr std::size_t kMostRefined = 3;

/// Returns: how like `other` is to `one`: their product, as if equally loud. Between -|one| and |one|.
REFWAVE_AUDIO_THREAD float likeness(const float* one, const float* other, std::size_t count) noexcept;

/// Returns: by how many frames after `sound` the sound that is most like `pattern` begins. Less than
/// kMostRefined to either side; near `about` if the two are too unlike to tell. For a sound that repeats, the
/// place is exact as far as the filter is. Frames are interleaved, `frames` of them in the pattern. `slope`:
/// room for as many.
REFWAVE_AUDIO_THREAD double refined_joint(const FractionalDelay& filter, const float* pattern, float* slope,
                                          const float* sound, std::size_t channels, std::size_t frames,
                                          double about) noexcept;

}  // namespace refwave::dsp
