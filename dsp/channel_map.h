// The matrix that maps a stream's channels to a device's speakers, or a recording device's channels to a
// client's. A control thread makes it once; afterwards it is only read.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dsp/audio_thread.h"
#include "dsp/conversion.h"
#include "dsp/format.h"
#include "dsp/kernels/kernels.h"

namespace refwave::dsp {

/// A channel is mapped to the speaker of the same name. If the device lacks it:
///
/// - Side and back speakers of one side replace each other, at -3 dB if the stream uses both.
/// - Otherwise a channel folds towards the front, each step at -3 dB, which for 5.1 to stereo is the down-mix
///   of ITU-R BS.775-3 (annex 4, table 2): left + 0.7071 centre + 0.7071 left surround. The low-frequency
///   channel is left out.
/// - A mono stream plays on front left and front right at unity, as Windows does.
/// - A mono device gets half the sum of the stereo down-mix, so stereo is averaged. For 5.1 that is the
///   recommendation's mono at -3 dB.
/// - If nothing at all would be heard, channel n is mapped to channel n.
///
/// Nothing is normalised: the mix is saturated once, when it is encoded.
class ChannelMap {
 public:
  /// Takes channels (1 to kMaxChannels) and masks of both, and the type that add() reads. Thread: control.
  ChannelMap(const Format& in, const Format& out) noexcept;

  /// Effects: adds `frames` frames of `in`, mapped and multiplied by the run's gains, to `bus` (not
  /// overlapping). At unity and coefficient 1 a sample is added unchanged, so on a zeroed bus it arrives bit
  /// for bit. `in`: samples of the mix, or bytes of the type that the map was made for.
  REFWAVE_AUDIO_THREAD void add(const float* in, float* bus, std::size_t frames,
                                const GainRun& gain = {}) const noexcept;
  REFWAVE_AUDIO_THREAD void add(const std::byte* in, float* bus, std::size_t frames,
                                const GainRun& gain = {}) const noexcept;

  /// Returns: the distance of frames at `in`, in elements.
  std::size_t in_step(const float* /*in*/) const noexcept { return in_channels_; }
  std::size_t in_step(const std::byte* /*in*/) const noexcept { return in_channels_ * sample_bytes_; }

  std::size_t out_channels() const noexcept { return out_channels_; }
  /// Returns: the coefficient of an input channel in an output channel.
  float coefficient(std::size_t in_channel, std::size_t out_channel) const noexcept {
    return matrix_.rows[in_channel][out_channel];
  }
  /// True if every channel is mapped to itself at unity.
  bool is_identity() const noexcept { return identity_; }

 private:
  enum class Shape : std::uint8_t { stereo, mono_to_stereo, any };

  REFWAVE_AUDIO_THREAD bool add_quickly(const Adders& adders, const std::byte* in, float* bus,
                                        std::size_t frames, const GainRun& gain) const noexcept;

  std::size_t in_channels_;
  std::size_t out_channels_;
  std::size_t sample_bytes_;
  Decode decode_;
  Adders add_mix_;    // of samples of the mix
  Adders add_bytes_;  // of samples of the map's own type
  AddMapped add_mapped_;
  bool identity_ = false;
  Shape shape_ = Shape::any;
  Matrix matrix_;
};

}  // namespace refwave::dsp
