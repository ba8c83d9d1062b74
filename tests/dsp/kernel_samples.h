// What the tests of the kernels share: the targets that this machine can run, samples of every kind, and what
// decoding makes of one, by arithmetic in wider types.
#pragma once

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "dsp/kernels/kernels.h"

namespace refwave::dsp::test {

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();
inline constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
inline constexpr std::size_t kMost = 200;  // samples: several vectors of every target, and what is left over

/// Returns: the targets that were compiled and that the processor has.
inline std::vector<std::int64_t> targets() {
  hwy::SetSupportedTargetsForTest(0);
  const auto supported = static_cast<std::uint64_t>(hwy::SupportedTargets());
  std::vector<std::int64_t> found;
  for (std::uint64_t left = supported; left != 0; left &= left - 1) {
    const auto target = static_cast<std::int64_t>(left & (~left + 1));
    hwy::SetSupportedTargetsForTest(target);
    if (kernels().target == target) found.push_back(target);
  }
  hwy::SetSupportedTargetsForTest(0);
  return found;
}

inline std::string name_of(const testing::TestParamInfo<std::int64_t>& test) {
  return hwy::TargetName(test.param);
}

class Target : public testing::TestWithParam<std::int64_t> {
 protected:
  Target() { hwy::SetSupportedTargetsForTest(GetParam()); }
  ~Target() override { hwy::SetSupportedTargetsForTest(0); }
};

inline constexpr SampleType kTypes[] = {SampleType::u8,  SampleType::s16, SampleType::s24,
                                        SampleType::s32, SampleType::f32, SampleType::f64};
inline std::size_t index(SampleType type) { return static_cast<std::size_t>(type); }

template <typename T>
T read(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <typename T>
T within(T x, T limit) {
  return std::isnan(x) ? T{0} : std::clamp(x, -limit, limit);
}

/// What is no number is silence, and so is what is infinite.
template <typename T>
T sound_of(T x) {
  return std::isfinite(x) ? within(x, T{kFloatLimit}) : T{0};
}

inline float decoded(SampleType type, const std::byte* at) {
  switch (type) {
    case SampleType::u8:
      return static_cast<float>((read<std::uint8_t>(at) - 128) / 128.0);
    case SampleType::s16:
      return static_cast<float>(read<std::int16_t>(at) / 32'768.0);
    case SampleType::s24:
      return static_cast<float>((read<std::uint16_t>(at) + 65'536 * read<std::int8_t>(at + 2)) / 8'388'608.0);
    case SampleType::s32:
      return static_cast<float>(read<std::int32_t>(at) / 2'147'483'648.0);
    case SampleType::f32:
      return sound_of(read<float>(at));
    case SampleType::f64:
      break;
  }
  return static_cast<float>(sound_of(read<double>(at)));
}

/// Random bytes: of floats, every kind of them.
inline std::vector<std::byte> any_bytes(std::size_t count) {
  std::mt19937 random(1);
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

/// Floats within full scale, some beyond, some halfway between two integers, some that are no numbers.
inline std::vector<float> any_floats(std::size_t count) {
  const std::vector<float> special = {
      1.0F,   -1.0F, 0.99999994F, 32767.5F / 32768, 2.0F, -2.0F, 1.9999F, 3e38F,
      -3e38F, kNan,  kInfinity,   -kInfinity,       0.0F, -0.0F, 1e-45F,  -1.0001F};
  std::mt19937 random(2);
  std::uniform_real_distribution<float> spread(-1.1F, 1.1F);
  std::vector<float> floats(count);
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned kind = random() % 16;
    floats[i] = kind == 0   ? special[random() % special.size()]
                : kind < 4  ? static_cast<float>(static_cast<int>(random() % 65'536) - 32'768) / 65'536
                : kind == 4 ? static_cast<float>(static_cast<int>(random() % 512) - 256) / 16'777'216
                            : spread(random);
  }
  return floats;
}

}  // namespace refwave::dsp::test
