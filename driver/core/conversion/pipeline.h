// From a client's format to a device's, or back: conversion, channel map, gain, resampling, and scratch
// memory. Made on a control thread, swapped under the lock when the device changes, run by the audio thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "dsp/channel_map.h"
#include "dsp/conversion.h"
#include "dsp/encoder.h"
#include "dsp/format.h"
#include "dsp/gain.h"
#include "dsp/resampler.h"

namespace refwave::core {

/// Frames converted at a time: they fit into the first-level cache.
inline constexpr std::uint32_t kRunFrames = 256;
using Scratch = std::array<float, std::size_t{kRunFrames} * dsp::kMaxChannels>;

/// `seed`: different for each encoder's noise.
struct Rounding {
  dsp::Dither dither = dsp::Dither::automatic;
  std::uint32_t seed = 0;
};

struct Pipeline {
  /// Returns: null if memory is short, or the resampler cannot convert the rates. Thread: control.
  static std::unique_ptr<Pipeline> make(const dsp::Format& from, const dsp::Format& to, dsp::Quality quality,
                                        const Rounding& rounding = {}) noexcept;

  Pipeline(const dsp::Format& source, const dsp::Format& target, const Rounding& rounding,
           std::unique_ptr<dsp::Resampler> rates);

  const dsp::Format from;
  const dsp::Format to;
  dsp::Decode decode;
  dsp::Encoder encoder;
  const dsp::ChannelMap map;
  dsp::Gain gain;
  std::unique_ptr<dsp::Resampler> resampler;  // null where the rates are equal
  Scratch before;                             // input of the resampler
  Scratch after;                              // its output
};

}  // namespace refwave::core
