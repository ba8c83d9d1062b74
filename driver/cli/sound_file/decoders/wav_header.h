// What libsndfile does not tell of a WAV file, or what would keep it from reading one. Main thread.
#pragma once

#include <cstdint>

#include "driver/cli/sound_file/decoders/input.h"

namespace refwave::cli {

/// A length with so many bytes or more was written by somebody who could not know: sox writes this one into a
/// pipe, others up to 0xFFFFFFFF.
inline constexpr std::uint32_t kOpenLength = 0x7F00'0000;

struct WavHeader {
  bool is_wav = false;
  std::uint16_t tag = 0;   // wFormatTag
  bool is_low_24 = false;  // 24 bits in the low bytes of 32, as arecord writes S24_LE
  std::int64_t end = 0;  // of the sound in a W64 file, which libsndfile takes to go on to the file's; else 0
};

/// Effects: reads the header, and has `input` read as one that libsndfile takes: a "data" chunk without a
/// length gets an open one, BW64 becomes RF64, and a PEAK chunk is hidden. Goes back to the beginning.
/// Returns: what it says; nothing, if this is none.
WavHeader mend_wav_header(Input& input);

}  // namespace refwave::cli
