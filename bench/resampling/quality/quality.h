// How good a conversion of rates is: sines through it, the sine that is found taken away, the rest measured.
// Used by the benchmark's counters and by the tests of dsp.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace refwave::bench {

struct Rates {
  std::uint32_t in;
  std::uint32_t out;
};

/// A conversion of one channel, from its beginning: the output begins where the input does.
using Conversion = std::function<std::vector<float>(const std::vector<float>&)>;

struct SineThrough {
  double level_db;     // of the sine that comes out, against the one that goes in
  double residual_db;  // of everything else that comes out, against that sine: noise, images, aliases
  double phase;        // of the sine that comes out against the one that goes in, in radians
};

/// Effects: converts a sine of nearly full scale, and looks at the middle half of what comes out.
SineThrough sine_through(const Conversion& convert, Rates rates, double hz);

struct SweepThrough {
  double ripple_db;    // the level's greatest deviation from 0
  double residual_db;  // the loudest
};

/// Effects: the same for sines from 20 Hz to `to_hz`, in `steps` equal steps.
SweepThrough sweep_through(const Conversion& convert, Rates rates, double to_hz, int steps);

}  // namespace refwave::bench
