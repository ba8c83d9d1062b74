// Windows documentation: "WAVEFORMATEX structure", "WAVEFORMATEXTENSIBLE structure".
#pragma once

#include <optional>

#include "driver/abi/windows_headers.h"
#include "dsp/format.h"

namespace refwave::winmm {

/// Returns: nothing for a format that cannot be played or recorded. Of a WAVE_FORMAT_PCM only the 16 bytes of
/// PCMWAVEFORMAT are read; nAvgBytesPerSec is ignored.
std::optional<dsp::Format> parse_wave_format(const WAVEFORMATEX& wave) noexcept;

}  // namespace refwave::winmm
