#include "dsp/encoder.h"

#include <algorithm>

namespace refwave::dsp {
namespace {

constexpr int kMixBits = 24;    // of a float
constexpr int kFewestBits = 8;  // of a grid

EncodeOnGrid on_grid_of(SampleType type) noexcept {
  const auto index = static_cast<std::size_t>(type);
  return index < kernels().encode_on_grid.size() ? kernels().encode_on_grid[index] : nullptr;
}

/// Returns: the bits to which samples are rounded.
int bits_of(const Format& format) noexcept {
  const int all = static_cast<int>(8 * bytes_per_sample(format.type));
  return format.valid_bits == 0 ? all : std::clamp(int{format.valid_bits}, kFewestBits, all);
}

}  // namespace

Encoder::Encoder(const Format& format, Dither dither, std::uint32_t seed) noexcept
    : whole_(encoder(format.type)),
      on_grid_(on_grid_of(format.type)),
      is_on_grid_(kernels().is_on_grid),
      grid_{.bits = bits_of(format), .dithered = false, .first = seed * 0x9E37'79B9U},
      dither_(on_grid_ == nullptr || grid_.bits > kMixBits ? Dither::off : dither),
      fills_samples_(on_grid_ == nullptr ||
                     grid_.bits == static_cast<int>(8 * bytes_per_sample(format.type))) {}

void Encoder::encode(const float* in, std::byte* out, std::size_t samples) noexcept {
  grid_.dithered =
      dither_ == Dither::on || (dither_ == Dither::automatic && !is_on_grid_(in, samples, grid_.bits));
  if (!grid_.dithered && fills_samples_) {
    whole_(in, out, samples);
    return;
  }
  on_grid_(in, out, samples, grid_);
  grid_.first += static_cast<std::uint32_t>(samples);
}

}  // namespace refwave::dsp
