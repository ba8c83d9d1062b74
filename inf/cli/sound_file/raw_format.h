// Samples without a header, as `--raw FORMAT,RATE,CHANNELS` describes them. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "dsp/format.h"

namespace refwave::cli {

struct RawFormat {
  dsp::Format format;  // as it is played, or recorded before turn()
  int encoding = 0;    // libsndfile's
};

inline constexpr const char* kRawFormat = "FORMAT,RATE,CHANNELS";

/// Returns: the format that `text` names: "s16le,48000,2". Throws: Failure.
RawFormat raw_format(const std::string& text);

/// Returns: the type for linear samples in libsndfile's `encoding`; f32 for all others.
dsp::SampleType type_of(int encoding);

/// Returns: whether the samples are linear. Others are only played.
bool is_linear(const RawFormat& raw);

/// Effects: converts whole samples between raw.format and the byte order and signedness of `raw`, both ways.
void turn(std::span<std::byte> samples, const RawFormat& raw);

/// Effects: writes `integers` as samples of `type` (an integer type) to `bytes`.
void pack(std::span<const std::int32_t> integers, dsp::SampleType type, std::byte* bytes);

/// Effects: reads samples of `type` (an integer type) from `bytes` into `integers`.
void unpack(const std::byte* bytes, dsp::SampleType type, std::span<std::int32_t> integers);

}  // namespace refwave::cli
