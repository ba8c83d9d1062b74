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

/// Some output channels of a run, kWidth of them from `part` on.
template <std::size_t kWidth>
class Part {
 public:
  using Outs = hn::CappedTag<float, kWidth>;

  HWY_INLINE Part(const MapRun& run, std::size_t part)
      : run_(run), heard_(run.matrix, part, kWidth), part_(part) {}

  /// Effects: kFrames frames from `frame` on. The rows are read once for all of them.
  template <std::size_t kFrames>
  HWY_INLINE void add(std::size_t frame) const {
    static_assert(kFrames == 1 || kFrames == 4);
    const Outs outs;
    const std::size_t step = run_.matrix.in_channels;
    const float* const in = run_.in + frame * step;
    auto first = hn::Zero(outs), second = first, third = first, fourth = first;
    for (std::size_t i = 0; i < heard_.count; ++i) {
      const float* const x = in + heard_.channels[i];
      const auto row = hn::LoadU(outs, run_.matrix.rows[heard_.channels[i]].data() + part_);
      first = hn::MulAdd(hn::Set(outs, x[0]), row, first);
      if constexpr (kFrames == 4) {
        second = hn::MulAdd(hn::Set(outs, x[step]), row, second);
        third = hn::MulAdd(hn::Set(outs, x[2 * step]), row, third);
        fourth = hn::MulAdd(hn::Set(outs, x[3 * step]), row, fourth);
      }
    }
    to_bus(frame, first);
    if constexpr (kFrames == 4) {
      to_bus(frame + 1, second);
      to_bus(frame + 2, third);
      to_bus(frame + 3, fourth);
    }
  }

 private:
  HWY_INLINE void to_bus(std::size_t frame, hn::Vec<Outs> sum) const {
    const Outs outs;
    const auto place = static_cast<float>(static_cast<std::int32_t>(run_.first + frame));
    const auto slope = hn::LoadU(outs, run_.gain.slope.data() + part_);
    const auto gain =
        hn::Add(hn::LoadU(outs, run_.gain.start.data() + part_), hn::Mul(slope, hn::Set(outs, place)));
    float* const bus = run_.bus + frame * run_.matrix.out_channels + part_;
    hn::StoreU(hn::MulAdd(sum, gain, hn::LoadU(outs, bus)), outs, bus);
  }

  const MapRun& run_;
  const Heard heard_;
  const std::size_t part_;
};

template <std::size_t kWidth>
HWY_INLINE void add_part(const MapRun& run, std::size_t first) {
  const Part<kWidth> part(run, first);
  std::size_t frame = 0;
  for (; frame + 4 <= run.frames; frame += 4) part.template add<4>(frame);
  for (; frame < run.frames; ++frame) part.template add<1>(frame);
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
