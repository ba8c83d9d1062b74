// Conversion between libsndfile's 32-bit integers (at full scale, whatever the file holds) and packed
// little-endian samples. Exact: only zero bits are added or removed. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "dsp/format.h"

namespace refwave::cli {

/// Effects: writes `integers` as samples of `type` (an integer type) to `bytes`.
void pack(std::span<const std::int32_t> integers, dsp::SampleType type, std::byte* bytes);

/// Effects: reads samples of `type` (an integer type) from `bytes` into `integers`.
void unpack(const std::byte* bytes, dsp::SampleType type, std::span<std::int32_t> integers);

/// Returns: the greatest magnitude; 1 is full scale.
float peak_of(std::span<const std::int32_t> integers);
float peak_of(std::span<const float> samples);
/// The same of packed samples of any type.
float peak_of(std::span<const std::byte> bytes, dsp::SampleType type);

}  // namespace refwave::cli
