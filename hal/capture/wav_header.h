// The bytes before the samples of a WAV file. Pure. Follows: Microsoft, "Multiple Channel Audio Data and WAVE
// Files"; EBU Tech 3306 (RF64) for files over 4 GiB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "dsp/format.h"

namespace refwave::hal {

/// The most bytes of a RIFF file after the first eight. RF64's mark is the only greater length of 32 bits.
inline constexpr std::uint64_t kMostRiffBytes = 0xFFFF'FFFE;

/// Returns: the header of a file of `format` that holds `data_bytes` of samples so far. The header's length
/// depends on the format alone, so that it can be overwritten while the file grows. Up to 4 GiB
/// (`most_riff_bytes`: a test has less) a JUNK chunk keeps the room for RF64's ds64. Formats that the plain
/// WAVEFORMATEX does not describe (over 16 bits, over two channels) are extensible.
std::vector<std::byte> wav_header(const dsp::Format& format, std::uint64_t data_bytes,
                                  std::uint64_t most_riff_bytes = kMostRiffBytes);

/// Returns: the header of a stream into a pipe, where nothing can be written a second time: it leaves the
/// length open, as sox and ffmpeg do it.
std::vector<std::byte> wav_header_of_open_length(const dsp::Format& format);

}  // namespace refwave::hal
