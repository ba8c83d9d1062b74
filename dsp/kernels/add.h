// The kernels that add a stream to the bus: conversion, gain and the usual channel maps in one pass.
#pragma once

#include <cstddef>

#include "dsp/audio_thread.h"
#include "dsp/gain_run.h"

namespace refwave::dsp {

/// Effects: adds samples times one gain to as many on the bus.
using AddSamples = REFWAVE_AUDIO_THREAD void (*)(const std::byte* in, float* bus, std::size_t samples,
                                                 float gain) noexcept;

/// Effects: adds frames times the run's gains to as many stereo frames on the bus.
using AddFrames = REFWAVE_AUDIO_THREAD void (*)(const std::byte* in, float* bus, std::size_t frames,
                                                const GainRun& gain) noexcept;

/// The kernels for one type of samples at `in`. At a gain of 1 a sample is added unchanged. At another gain
/// it depends on the processor whether the product is rounded before the sum.
struct Adders {
  AddSamples samples;
  AddFrames stereo;          // left to left, right to right
  AddFrames mono_to_stereo;  // to both
};

}  // namespace refwave::dsp
