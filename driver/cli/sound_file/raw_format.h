// Samples without a header, as `--raw FORMAT,RATE,CHANNELS` describes them. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "dsp/format.h"

namespace refwave::cli {

struct RawFormat {
  dsp::Format format;  // after turn()
  bool is_big_endian = false;
  bool is_signed_byte = false;  // of 8 bits, where the wave functions know unsigned ones only
};

/// What the help calls such a text.
inline constexpr const char* kRawFormat = "FORMAT,RATE,CHANNELS";

/// Returns: the format that `text` names: "s16le,48000,2". Throws: Failure.
RawFormat raw_format(const std::string& text);

/// Effects: turns whole samples as `raw` describes them into those of raw.format, or back.
void turn(std::span<std::byte> samples, const RawFormat& raw);

}  // namespace refwave::cli
