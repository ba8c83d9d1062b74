// A dsp::Format as the wave functions want it.
#pragma once

#include "driver/abi/windows_headers.h"
#include "dsp/format.h"

namespace refwave::cli {

/// Returns: a WAVEFORMATEXTENSIBLE. Its first member says how much of it is used (wFormatTag, cbSize). 8
/// and 16 bits in one or two channels stay plain PCM, because every driver takes that.
WAVEFORMATEXTENSIBLE wave_format(const dsp::Format& format);

}  // namespace refwave::cli
