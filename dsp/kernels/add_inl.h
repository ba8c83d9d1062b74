// The kernels that add a stream to the bus. Compiled once for each target, so without an include guard.
#include <hwy/highway.h>

#include <algorithm>
#include <array>

#include "dsp/kernels/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace refwave::dsp::HWY_NAMESPACE {

HWY_INLINE void add_vector(Vector x, Vector gain, float* bus) {
  hn::StoreU(hn::MulAdd(x, gain, hn::LoadU(Floats(), bus)), Floats(), bus);
}

template <class Sample>
REFWAVE_AUDIO_THREAD void add_samples(const std::byte* in, float* bus, std::size_t samples,
                                      float gain) noexcept {
  std::size_t i = 0;
  if constexpr (kHasVectors) {
    const auto gains = hn::Set(Floats(), gain * Sample::kScale);
    constexpr std::size_t kStep = kLanes * Sample::kBytes;
    for (; i + 2 * kLanes + Sample::kBeyond <= samples; i += 2 * kLanes) {
      const std::byte* const from = in + i * Sample::kBytes;
      add_vector(Sample::read_vector(Floats(), from), gains, bus + i);
      add_vector(Sample::read_vector(Floats(), from + kStep), gains, bus + i + kLanes);
    }
  }
  for (; i < samples; ++i) bus[i] += Sample::read(in + i * Sample::kBytes) * gain;
}

/// The gains of a vector of stereo frames, and of those after it.
class StereoGains {
 public:
  HWY_INLINE StereoGains(const GainRun& run, float scale) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      start_[lane] = run.start[lane % 2] * scale;
      slope_[lane] = run.slope[lane % 2] * scale;
      const std::size_t frame = lane / 2;
      frame_[lane] = static_cast<float>(frame);
    }
    steady_ = run.slope[0] == 0 && run.slope[1] == 0;
  }

  HWY_INLINE Vector from(std::size_t first) const {
    const auto start = hn::LoadU(Floats(), start_);
    if (steady_) return start;
    // An int converts to float in one instruction; a size_t does not.
    const auto frame = hn::Add(hn::LoadU(Floats(), frame_),
                               hn::Set(Floats(), static_cast<float>(static_cast<std::int32_t>(first))));
    return hn::Add(start, hn::Mul(hn::LoadU(Floats(), slope_), frame));
  }

 private:
  float start_[kLanes];
  float slope_[kLanes];
  float frame_[kLanes];
  bool steady_;
};

HWY_INLINE float gain_at(const GainRun& run, std::size_t channel, std::size_t frame) {
  return run.start[channel] + run.slope[channel] * static_cast<float>(static_cast<std::int32_t>(frame));
}

template <class Sample>
REFWAVE_AUDIO_THREAD void add_stereo(const std::byte* in, float* bus, std::size_t frames,
                                     const GainRun& gain) noexcept {
  std::size_t frame = 0;
  if constexpr (kHasVectors) {
    const StereoGains gains(gain, Sample::kScale);
    constexpr std::size_t kFrames = kLanes / 2;
    for (; 2 * frame + kLanes + Sample::kBeyond <= 2 * frames; frame += kFrames)
      add_vector(Sample::read_vector(Floats(), in + 2 * frame * Sample::kBytes), gains.from(frame),
                 bus + 2 * frame);
  }
  for (; frame < frames; ++frame) {
    const std::byte* const from = in + 2 * frame * Sample::kBytes;
    bus[2 * frame] += Sample::read(from) * gain_at(gain, 0, frame);
    bus[2 * frame + 1] += Sample::read(from + Sample::kBytes) * gain_at(gain, 1, frame);
  }
}

/// Returns: for each lane of two vectors of stereo frames the lane of a vector of mono ones.
consteval std::array<std::int32_t, 2 * kLanes> each_twice() {
  std::array<std::int32_t, 2 * kLanes> from = {};
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<std::int32_t>(i / 2);
  return from;
}
alignas(64) inline constexpr std::array<std::int32_t, 2 * kLanes> kTwice = each_twice();

template <class Sample>
REFWAVE_AUDIO_THREAD void add_mono_to_stereo(const std::byte* in, float* bus, std::size_t frames,
                                             const GainRun& gain) noexcept {
  std::size_t frame = 0;
  if constexpr (kHasVectors) {
    const auto lower = hn::SetTableIndices(Floats(), kTwice.data());
    const auto upper = hn::SetTableIndices(Floats(), kTwice.data() + kLanes);
    const StereoGains gains(gain, Sample::kScale);
    for (; frame + kLanes + Sample::kBeyond <= frames; frame += kLanes) {
      const auto x = Sample::read_vector(Floats(), in + frame * Sample::kBytes);
      add_vector(hn::TableLookupLanes(x, lower), gains.from(frame), bus + 2 * frame);
      add_vector(hn::TableLookupLanes(x, upper), gains.from(frame + kLanes / 2), bus + 2 * frame + kLanes);
    }
  }
  for (; frame < frames; ++frame) {
    const float x = Sample::read(in + frame * Sample::kBytes);
    bus[2 * frame] += x * gain_at(gain, 0, frame);
    bus[2 * frame + 1] += x * gain_at(gain, 1, frame);
  }
}

template <class Sample>
consteval Adders adders() {
  return {add_samples<Sample>, add_stereo<Sample>, add_mono_to_stereo<Sample>};
}

// A frame's output channels are one vector: each input channel times its row of the matrix is added to it,
// and then the bus is read and written once. Eight channels are a vector of eight, six of them one of four
// and one of two, so that nothing outside the frame is touched.

struct MapRun {
  const float* in;
  float* bus;
  std::size_t frames;
  const Matrix& matrix;
  const GainRun& gain;
  std::size_t first;
};

/// The input channels that are heard in the output channels from `part` on.
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

  /// Effects: adds kFrames frames from `frame` on, for which the rows are read once.
  template <std::size_t kFrames>
  HWY_INLINE void add(std::size_t frame) const {
    const Outs outs;
    const std::size_t step = run_.matrix.in_channels;
    const float* const in = run_.in + frame * step;
    hn::Vec<Outs> sums[kFrames];
    for (auto& sum : sums) sum = hn::Zero(outs);
    for (std::size_t i = 0; i < heard_.count; ++i) {
      const float* const x = in + heard_.channels[i];
      const auto row = hn::LoadU(outs, run_.matrix.rows[heard_.channels[i]].data() + part_);
      for (std::size_t f = 0; f < kFrames; ++f)
        sums[f] = hn::MulAdd(hn::Set(outs, x[f * step]), row, sums[f]);
    }
    for (std::size_t f = 0; f < kFrames; ++f) to_bus(frame + f, sums[f]);
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
REFWAVE_AUDIO_THREAD HWY_INLINE void add_part(const MapRun& run, std::size_t first) {
  const Part<kWidth> part(run, first);
  std::size_t frame = 0;
  for (; frame + 4 <= run.frames; frame += 4) part.template add<4>(frame);
  for (; frame < run.frames; ++frame) part.template add<1>(frame);
}

/// Returns: how many output channels from `part` on it has done, kMost at most.
template <std::size_t kMost>
HWY_INLINE std::size_t add_widest_part(const MapRun& run, std::size_t part) {
  if constexpr (kMost > 1) {
    if (run.matrix.out_channels - part < kMost) return add_widest_part<kMost / 2>(run, part);
  }
  add_part<kMost>(run, part);
  return kMost;
}

/// Returns: whether this is 5.1 to stereo: left hears channels one, three and five, right two, three and six.
HWY_INLINE bool is_down_mix(const Matrix& matrix) {
  if (matrix.in_channels != 6 || matrix.out_channels != 2) return false;
  const auto& rows = matrix.rows;
  return rows[0][1] == 0 && rows[1][0] == 0 && rows[3][0] == 0 && rows[3][1] == 0 && rows[4][1] == 0 &&
         rows[5][0] == 0;
}

/// 5.1 to stereo, several frames at a time. Two frames are three blocks of four samples, and four frames are
/// in three vectors of two blocks: nothing but blocks and pairs of samples is moved.
template <class D>
class DownMix {
 public:
  static constexpr std::size_t kFrames = hn::MaxLanes(D()) / 2;

  HWY_INLINE explicit DownMix(const MapRun& run)
      : in_(run.in),
        bus_(run.bus),
        first_(run.first),
        fronts_(pairs(run.matrix.rows[0][0], run.matrix.rows[1][1])),
        centre_(pairs(run.matrix.rows[2][0], run.matrix.rows[2][1])),
        surrounds_(pairs(run.matrix.rows[4][0], run.matrix.rows[5][1])),
        start_(pairs(run.gain.start[0], run.gain.start[1])),
        slope_(pairs(run.gain.slope[0], run.gain.slope[1])) {}

  /// Effects: kFrames frames from `frame` on. `kMoves`: the gain may move.
  template <bool kMoves>
  HWY_INLINE void add(std::size_t frame) const {
    const D floats;
    const hn::Repartition<double, D> halves;
    const float* const in = in_ + 6 * frame;
    auto a = hn::LoadU(floats, in), b = hn::LoadU(floats, in + 2 * kFrames),
         c = hn::LoadU(floats, in + 4 * kFrames);
    if constexpr (kFrames == 4) {
      const auto first = a, second = b, third = c;
      a = ConcatUpperLower(floats, second, first);
      b = ConcatLowerUpper(floats, third, first);
      c = ConcatUpperLower(floats, third, second);
    }
    const auto as = hn::BitCast(halves, a), bs = hn::BitCast(halves, b), cs = hn::BitCast(halves, c);
    const auto fronts = hn::BitCast(floats, OddEven(bs, as));
    const auto surrounds = hn::BitCast(floats, OddEven(cs, bs));
    const auto centre = hn::DupEven(CombineShiftRightBytes<8>(floats, c, a));
    auto sum = hn::Mul(fronts, fronts_);
    sum = hn::MulAdd(centre, centre_, sum);
    sum = hn::MulAdd(surrounds, surrounds_, sum);
    auto gain = start_;
    if constexpr (kMoves) {
      const auto place = static_cast<float>(static_cast<std::int32_t>(first_ + frame));
      gain = hn::Add(start_, hn::Mul(slope_, hn::Add(hn::Set(floats, place), hn::Load(floats, kPlaces))));
    }
    float* const bus = bus_ + 2 * frame;
    hn::StoreU(hn::MulAdd(sum, gain, hn::LoadU(floats, bus)), floats, bus);
  }

 private:
  static HWY_INLINE hn::Vec<D> pairs(float left, float right) {
    return OddEven(hn::Set(D(), right), hn::Set(D(), left));
  }

  alignas(32) static constexpr float kPlaces[8] = {0, 0, 1, 1, 2, 2, 3, 3};
  const float* const in_;
  float* const bus_;
  const std::size_t first_;
  const hn::Vec<D> fronts_, centre_, surrounds_, start_, slope_;
};

template <bool kMoves, class D>
HWY_INLINE std::size_t add_down_mix_with(const MapRun& run) {
  const DownMix<D> mix(run);
  const std::size_t frames = run.frames;
  std::size_t frame = 0;
  for (; frame + 2 * mix.kFrames <= frames; frame += 2 * mix.kFrames) {
    mix.template add<kMoves>(frame);
    mix.template add<kMoves>(frame + mix.kFrames);
  }
  for (; frame + mix.kFrames <= frames; frame += mix.kFrames) mix.template add<kMoves>(frame);
  return frame;
}

/// Returns: how many frames it has done, none if the map is another.
template <class D>
HWY_INLINE std::size_t add_down_mix(D, const MapRun& run) {
  if constexpr (hn::MaxLanes(D()) >= 4) {
    if (!is_down_mix(run.matrix)) return 0;
    const bool moves = run.gain.slope[0] != 0 || run.gain.slope[1] != 0;
    return moves ? add_down_mix_with<true, D>(run) : add_down_mix_with<false, D>(run);
  }
  return 0;
}

REFWAVE_AUDIO_THREAD void add_mapped(const float* in, float* bus, std::size_t frames, const Matrix& matrix,
                                     const GainRun& gain, std::size_t first) noexcept {
  const std::size_t done = add_down_mix(hn::CappedTag<float, 8>(), {in, bus, frames, matrix, gain, first});
  const MapRun rest = {in + done * matrix.in_channels,
                       bus + done * matrix.out_channels,
                       frames - done,
                       matrix,
                       gain,
                       first + done};
  if (rest.frames == 0) return;
  constexpr std::size_t kMost = std::min<std::size_t>(kLanes, 8);
  for (std::size_t part = 0; part < matrix.out_channels;) part += add_widest_part<kMost>(rest, part);
}

}  // namespace refwave::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
