// How loud a stream is, as a bar for the terminal. Pure, except for colours_wanted().
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace refwave::cli {

/// Of a tenth of a second; 1 is full scale.
struct Loudness {
  float peak = 0;
  float rms = 0;  // the root of the mean square
};

enum class Colours : std::uint8_t { none, some };

/// Returns: some where standard error is a terminal, unless the environment says no (NO_COLOR, or TERM=dumb).
Colours colours_wanted();

/// Returns: a bar from -60 dB to full scale, filled as far as the mean power goes and shaded as far as the
/// peak goes, and after it the peak; `letters` at most. Where these are few, the peak alone. In colours it is
/// green, yellow from -18 dB on, and red from -6 dB on.
std::string meter_text(const Loudness& loudness, std::size_t letters, Colours colours);

}  // namespace refwave::cli
