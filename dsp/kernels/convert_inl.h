// The kernels of conversion (dsp/conversion.h). They convert whole vectors, and the samples that are left
// over one by one. Compiled once for each target, so there is no include guard.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace refwave::dsp::HWY_NAMESPACE {

/// Returns: the samples before the first that lies at a multiple of a vector's bytes. Vectors that lie across
/// two lines of the cache cost twice as much.
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
void decode(const std::byte* in, float* out, std::size_t samples) noexcept {
  std::size_t i = 0;
  if constexpr (kHasVectors) {
    if (samples >= kLanes + Sample::kBeyond) {
      const std::size_t last = samples - kLanes - Sample::kBeyond;
      decode_vector<Sample>(in, out, 0);
      for (i = before_alignment(out); i + 3 * kLanes <= last; i += 4 * kLanes) {
        decode_vector<Sample>(in, out, i);
        decode_vector<Sample>(in, out, i + kLanes);
        decode_vector<Sample>(in, out, i + 2 * kLanes);
        decode_vector<Sample>(in, out, i + 3 * kLanes);
      }
      for (; i <= last; i += kLanes) decode_vector<Sample>(in, out, i);
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

/// Effects: writes four vectors. One test serves all four, because a vector is hardly ever beyond full scale.
template <class Sample>
HWY_INLINE void encode_four(const float* in, std::byte* out) {
  auto a = hn::LoadU(Floats(), in);
  auto b = hn::LoadU(Floats(), in + kLanes);
  auto c = hn::LoadU(Floats(), in + 2 * kLanes);
  auto d = hn::LoadU(Floats(), in + 3 * kLanes);
  if constexpr (requires { Sample::is_far(a, b, c, d); }) {
    if (HWY_UNLIKELY(Sample::is_far(a, b, c, d))) {
      a = cut(Floats(), a, -1.0F, Sample::kHighest);
      b = cut(Floats(), b, -1.0F, Sample::kHighest);
      c = cut(Floats(), c, -1.0F, Sample::kHighest);
      d = cut(Floats(), d, -1.0F, Sample::kHighest);
    }
  }
  write_two<Sample>(a, b, out);
  write_two<Sample>(c, d, out + 2 * kLanes * Sample::kBytes);
}

template <class Sample>
HWY_INLINE void encode_one(const float* in, std::byte* out) {
  auto x = hn::LoadU(Floats(), in);
  if constexpr (requires { Sample::is_far(x, x, x, x); }) {
    if (HWY_UNLIKELY(Sample::is_far(x, x, x, x))) x = cut(Floats(), x, -1.0F, Sample::kHighest);
  }
  Sample::write_vector(Floats(), x, out);
}

template <class Sample>
void encode(const float* in, std::byte* out, std::size_t samples) noexcept {
  std::size_t i = 0;
  if constexpr (kHasVectors) {
    if (samples >= kLanes + Sample::kBeyond) {
      const std::size_t last = samples - kLanes - Sample::kBeyond;
      encode_one<Sample>(in, out);
      for (i = before_alignment(in); i + 3 * kLanes <= last; i += 4 * kLanes)
        encode_four<Sample>(in + i, out + i * Sample::kBytes);
      for (; i <= last; i += kLanes) encode_one<Sample>(in + i, out + i * Sample::kBytes);
      encode_one<Sample>(in + last, out + last * Sample::kBytes);
      i = last + kLanes;
    }
  }
  for (; i < samples; ++i) Sample::write(in[i], out + i * Sample::kBytes);
}

}  // namespace refwave::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
