// The kernels of conversion (dsp/conversion.h). They convert whole vectors, and the remaining samples one by
// one. Compiled once for each target, so there is no include guard.
#include <hwy/highway.h>

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace refwave::dsp::HWY_NAMESPACE {

/// Returns: the samples before the first aligned to a vector. Vectors across two cache lines cost twice.
HWY_INLINE std::size_t before_alignment(const float* samples) {
  constexpr std::size_t kBytes = kLanes * sizeof(float);
  return (kBytes - reinterpret_cast<std::uintptr_t>(samples) % kBytes) % kBytes / sizeof(float);
}

template <class Sample>
HWY_INLINE void decode_vector(const std::byte* in, float* out, std::size_t at) {
  auto x = Sample::read_vector(Floats(), in + at * Sample::kBytes);
  if constexpr (Sample::kScale != 1) x = hn::Mul(x, hn::Set(Floats(), Sample::kScale));
  hn::StoreU(x, Floats(), out + at);
}

// Vectors may overlap; then the samples that two of them share are written twice. So the first vector lies at
// the beginning, the following ones lie where they are aligned, and the last one lies at the end. Only the
// samples that a vector may touch beyond its own end are left over.

template <class Sample>
REFWAVE_AUDIO_THREAD void decode(const std::byte* in, float* out, std::size_t samples) noexcept {
  std::size_t i = 0;
  if constexpr (kHasVectors) {
    if (samples >= kLanes + Sample::kBeyond) {
      const std::size_t last = samples - kLanes - Sample::kBeyond;
      i = before_alignment(out);
      if (i != 0) decode_vector<Sample>(in, out, 0);
      for (; i + 3 * kLanes <= last; i += 4 * kLanes) {
        decode_vector<Sample>(in, out, i);
        decode_vector<Sample>(in, out, i + kLanes);
        decode_vector<Sample>(in, out, i + 2 * kLanes);
        decode_vector<Sample>(in, out, i + 3 * kLanes);
      }
      for (; i <= last; i += kLanes) decode_vector<Sample>(in, out, i);
      if (i < last + kLanes) decode_vector<Sample>(in, out, last);
      i = last + kLanes;
    }
  }
  for (; i < samples; ++i) out[i] = Sample::read(in + i * Sample::kBytes);
}

template <class Sample>
HWY_INLINE void write_two(Vector a, Vector b, std::byte* out) {
  if constexpr (requires { Sample::write_two(Floats(), a, b, out); }) {
    Sample::write_two(Floats(), a, b, out);
  } else {
    Sample::write_vector(Floats(), a, out);
    Sample::write_vector(Floats(), b, out + kLanes * Sample::kBytes);
  }
}

// Vectors that are checked together after they have been written, because hardly any is beyond full scale.
inline constexpr std::size_t kMostTogether = 64;
inline constexpr std::size_t kStep = 4;

template <class Sample>
HWY_INLINE Vector cut_to_scale(Vector x) {
  if constexpr (requires { Sample::is_far(x); }) return cut(Floats(), x, -1.0F, Sample::kHighest);
  return x;
}

/// Effects: writes `samples` samples, a multiple of kStep vectors.
template <class Sample>
HWY_INLINE void encode_some(const float* in, std::byte* out, std::size_t samples) {
  auto all = hn::Zero(Floats());
  for (std::size_t i = 0; i < samples; i += kStep * kLanes) {
    const auto a = hn::LoadU(Floats(), in + i);
    const auto b = hn::LoadU(Floats(), in + i + kLanes);
    const auto c = hn::LoadU(Floats(), in + i + 2 * kLanes);
    const auto d = hn::LoadU(Floats(), in + i + 3 * kLanes);
    if constexpr (requires { Sample::is_far(a); }) all = hn::Or3(hn::Or3(all, a, b), c, d);
    write_two<Sample>(a, b, out + i * Sample::kBytes);
    write_two<Sample>(c, d, out + (i + 2 * kLanes) * Sample::kBytes);
  }
  if constexpr (requires { Sample::is_far(all); }) {
    if (HWY_LIKELY(!Sample::is_far(all))) return;
    for (std::size_t i = 0; i < samples; i += 2 * kLanes)
      write_two<Sample>(cut_to_scale<Sample>(hn::LoadU(Floats(), in + i)),
                        cut_to_scale<Sample>(hn::LoadU(Floats(), in + i + kLanes)), out + i * Sample::kBytes);
  }
}

template <class Sample>
HWY_INLINE void encode_one(const float* in, std::byte* out) {
  Sample::write_vector(Floats(), cut_to_scale<Sample>(hn::LoadU(Floats(), in)), out);
}

template <class Sample>
REFWAVE_AUDIO_THREAD void encode(const float* in, std::byte* out, std::size_t samples) noexcept {
  std::size_t i = 0;
  if constexpr (kHasVectors) {
    constexpr std::size_t kAtOnce = kStep * kLanes;
    if (samples >= kAtOnce + Sample::kBeyond) {
      const std::size_t last = samples - kAtOnce - Sample::kBeyond;
      while (i <= last) {
        const std::size_t steps = (last - i) / kAtOnce + 1;
        const std::size_t some = std::min(steps, kMostTogether / kStep) * kAtOnce;
        encode_some<Sample>(in + i, out + i * Sample::kBytes, some);
        i += some;
      }
      if (i < last + kAtOnce) encode_some<Sample>(in + last, out + last * Sample::kBytes, kAtOnce);
      i = last + kAtOnce;
    } else if (samples >= kLanes + Sample::kBeyond) {
      const std::size_t last = samples - kLanes - Sample::kBeyond;
      for (; i < last; i += kLanes) encode_one<Sample>(in + i, out + i * Sample::kBytes);
      encode_one<Sample>(in + last, out + last * Sample::kBytes);
      i = last + kLanes;
    }
  }
  for (; i < samples; ++i) Sample::write(in[i], out + i * Sample::kBytes);
}

}  // namespace refwave::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
