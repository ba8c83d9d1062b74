// The kernels of conversion (dsp/conversion.h). They convert whole vectors, and the remaining samples one by
// one. Compiled once for each target, so there is no include guard.
#include <hwy/highway.h>

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace refwave::dsp::HWY_NAMESPACE {

template <class Sample>
HWY_INLINE void decode_vector(const std::byte* in, float* out, std::size_t at) {
  auto x = Sample::read_vector(Floats(), in + at * Sample::kBytes);
  if constexpr (Sample::kScale != 1) x = hn::Mul(x, hn::Set(Floats(), Sample::kScale));
  hn::StoreU(x, Floats(), out + at);
}

// The last vector may overlap the one before it; then the samples that the two share are written twice. Only
// the samples that a vector may touch beyond its own end are left over.

template <class Sample>
REFWAVE_AUDIO_THREAD void decode(const std::byte* in, float* out, std::size_t samples) noexcept {
  std::size_t i = 0;
  if constexpr (kHasVectors) {
    if (samples >= kLanes + Sample::kBeyond) {
      const std::size_t last = samples - kLanes - Sample::kBeyond;
      for (; i < last; i += kLanes) decode_vector<Sample>(in, out, i);
      decode_vector<Sample>(in, out, last);
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

template <class Sample>
HWY_INLINE Vector cut_to_scale(Vector x) {
  if constexpr (requires { Sample::is_far(x); }) return cut(Floats(), x, -1.0F, Sample::kHighest);
  return x;
}

/// Effects: writes four vectors, which are checked together afterwards, because hardly any is beyond full
/// scale.
template <class Sample>
HWY_INLINE void encode_four(const float* in, std::byte* out) {
  const auto a = hn::LoadU(Floats(), in);
  const auto b = hn::LoadU(Floats(), in + kLanes);
  const auto c = hn::LoadU(Floats(), in + 2 * kLanes);
  const auto d = hn::LoadU(Floats(), in + 3 * kLanes);
  std::byte* const second = out + 2 * kLanes * Sample::kBytes;
  write_two<Sample>(a, b, out);
  write_two<Sample>(c, d, second);
  if constexpr (requires { Sample::is_far(a); }) {
    if (HWY_LIKELY(!Sample::is_far(hn::Or(hn::Or3(a, b, c), d)))) return;
    write_two<Sample>(cut_to_scale<Sample>(a), cut_to_scale<Sample>(b), out);
    write_two<Sample>(cut_to_scale<Sample>(c), cut_to_scale<Sample>(d), second);
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
    constexpr std::size_t kFour = 4 * kLanes;
    for (; i + kFour + Sample::kBeyond <= samples; i += kFour)
      encode_four<Sample>(in + i, out + i * Sample::kBytes);
    for (; i + kLanes + Sample::kBeyond <= samples; i += kLanes)
      encode_one<Sample>(in + i, out + i * Sample::kBytes);
  }
  for (; i < samples; ++i) Sample::write(in[i], out + i * Sample::kBytes);
}

}  // namespace refwave::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
