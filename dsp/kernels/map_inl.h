// The kernel of any channel map (map.h). Compiled once for each target, so there is no include guard.
//
// A frame's output channels are one vector: each input channel times its row of the matrix is added to it,
// and then the bus is read and written once. Eight channels are a vector of eight, six of them one of four
// and one of two, so that nothing outside the frame is touched.
#include <hwy/highway.h>

#include "dsp/kernels/map.h"

HWY_BEFORE_NAMESPACE();
namespace refwave::dsp::HWY_NAMESPACE {

struct MapRun {
  const float* in;
  float* bus;
  std::size_t frames;
  const Matrix& matrix;
  const GainRun& gain;
  std::size_t first;
};

/// The input channels that some of the output channels from `part` on hear.
struct Heard {
  std::array<std::size_t, kMaxChannels> channels = {};
  std::size_t count = 0;

  HWY_INLINE Heard(const Matrix& matrix, std::size_t part, std::size_t width) {
    for (std::size_t in = 0; in < matrix.in_channels; ++in) {
      bool is_heard = false;
      for (std::size_t out = part; out < part + width; ++out) is_heard |= matrix.rows[in][out] != 0;
      if (is_heard) channels[count++] = in;
    }
  }
};

/// Effects: the output channels from `part` on, kWidth of them.
template <std::size_t kWidth>
HWY_INLINE void add_part(const MapRun& run, std::size_t part) {
  const hn::CappedTag<float, kWidth> outs;
  const Heard heard(run.matrix, part, kWidth);
  const auto start = hn::LoadU(outs, run.gain.start.data() + part);
  const auto slope = hn::LoadU(outs, run.gain.slope.data() + part);
  const float* in = run.in;
  float* bus = run.bus + part;
  for (std::size_t frame = 0; frame < run.frames; ++frame) {
    auto sum = hn::Zero(outs);
    for (std::size_t i = 0; i < heard.count; ++i) {
      const std::size_t channel = heard.channels[i];
      const auto row = hn::LoadU(outs, run.matrix.rows[channel].data() + part);
      sum = hn::MulAdd(hn::Set(outs, in[channel]), row, sum);
    }
    const auto place = static_cast<float>(static_cast<std::int32_t>(run.first + frame));
    const auto gain = hn::Add(start, hn::Mul(slope, hn::Set(outs, place)));
    hn::StoreU(hn::MulAdd(sum, gain, hn::LoadU(outs, bus)), outs, bus);
    in += run.matrix.in_channels;
    bus += run.matrix.out_channels;
  }
}

/// Returns: how many output channels from `part` on it has done.
HWY_INLINE std::size_t add_widest_part(const MapRun& run, std::size_t part) {
  const std::size_t left = run.matrix.out_channels - part;
  if constexpr (kLanes >= 8) {
    if (left >= 8) return add_part<8>(run, part), 8;
  }
  if constexpr (kLanes >= 4) {
    if (left >= 4) return add_part<4>(run, part), 4;
  }
  if constexpr (kLanes >= 2) {
    if (left >= 2) return add_part<2>(run, part), 2;
  }
  return add_part<1>(run, part), 1;
}

void add_mapped(const float* in, float* bus, std::size_t frames, const Matrix& matrix, const GainRun& gain,
                std::size_t first) noexcept {
  const MapRun run = {in, bus, frames, matrix, gain, first};
  for (std::size_t part = 0; part < matrix.out_channels;) part += add_widest_part(run, part);
}

}  // namespace refwave::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
