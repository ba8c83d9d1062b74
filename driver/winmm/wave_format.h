// Windows' wave formats as ours. Windows documentation: "WAVEFORMATEX structure", "WAVEFORMATEXTENSIBLE
// structure".
#pragma once

#include <optional>

#include "driver/winmm/windows_headers.h"
#include "dsp/format.h"

namespace refwave::winmm {

/// Returns: what a client's format means; none if it cannot be played. Of a WAVE_FORMAT_PCM nothing beyond
/// the 16 bytes of PCMWAVEFORMAT is read; nAvgBytesPerSec is never looked at.
std::optional<dsp::Format> parse_wave_format(const WAVEFORMATEX& wave) noexcept;

}  // namespace refwave::winmm
