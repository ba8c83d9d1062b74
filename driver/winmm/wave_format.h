// Windows' wave formats as the driver's own format. Windows documentation: "WAVEFORMATEX structure",
// "WAVEFORMATEXTENSIBLE structure".
#pragma once

#include <optional>

#include "driver/abi/windows_headers.h"
#include "dsp/format.h"

namespace refwave::winmm {

/// Returns: the client's format; nothing if it cannot be played or recorded. Of a WAVE_FORMAT_PCM nothing
/// beyond the 16 bytes of PCMWAVEFORMAT is read; nAvgBytesPerSec is never looked at.
std::optional<dsp::Format> parse_wave_format(const WAVEFORMATEX& wave) noexcept;

}  // namespace refwave::winmm
