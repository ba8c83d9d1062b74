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

REFWAVE_AUDIO_THREAD void add_mapped(const float* in, float* bus, std::size_t frames, const Matrix& matrix,
                                     const GainRun& gain, std::size_t first) noexcept {
  const MapRun run = {in, bus, frames, matrix, gain, first};
  constexpr std::size_t kMost = std::min<std::size_t>(kLanes, 8);
  for (std::size_t part = 0; part < matrix.out_channels;) part += add_widest_part<kMost>(run, part);
}

}  // namespace refwave::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
