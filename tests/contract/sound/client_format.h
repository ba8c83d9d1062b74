// Samples in the formats of clients.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "driver/abi/windows_headers.h"

namespace refwave::contract {

struct ClientFormat {
  const char* name;
  WORD bits;
  WORD valid_bits;
  bool is_float;
};
/// Effects: appends `x`, a multiple of 2^(1 - bits), in that format.
inline void append(std::vector<char>& bytes, double x, const ClientFormat& format) {
  const float single = static_cast<float>(x);
  const auto whole = static_cast<std::int32_t>(std::ldexp(x, 31));
  const auto offset = static_cast<unsigned char>((whole >> 24) + 128);
  const char* const source = format.bits == 64  ? reinterpret_cast<const char*>(&x)
                             : format.is_float  ? reinterpret_cast<const char*>(&single)
                             : format.bits == 8 ? reinterpret_cast<const char*>(&offset)
                                                : reinterpret_cast<const char*>(&whole) + 4 - format.bits / 8;
  bytes.insert(bytes.end(), source, source + format.bits / 8);
}

inline std::vector<double> samples_of(const char* bytes, std::size_t count, const ClientFormat& format) {
  std::vector<double> samples(count);
  for (double& x : samples) {
    float single = 0;
    std::int32_t whole = 0;
    if (format.bits == 64) {
      std::memcpy(&x, bytes, sizeof x);
    } else if (format.is_float) {
      std::memcpy(&single, bytes, sizeof single);
      x = single;
    } else {
      std::memcpy(reinterpret_cast<char*>(&whole) + 4 - format.bits / 8, bytes, format.bits / 8);
      x = std::ldexp(whole, -31);
      if (format.bits == 8) x += x < 0 ? 1 : -1;
    }
    bytes += format.bits / 8;
  }
  return samples;
}

}  // namespace refwave::contract
