// A sound device that tests step, lose and get back. Its make_portaudio_backend() is linked in place of
// hal's.
#pragma once

#include <cstdint>

namespace refwave::contract {

inline constexpr const char* kLosable = "losable";
inline constexpr std::uint32_t kLosableRate = 48'000;
inline constexpr std::uint32_t kLosablePeriod = 16;  // frames

/// Thread: the one that steps.
namespace losable {

void allow(bool opens);
/// Effects: one period of the open, started device; also a late callback of every device that was lost.
void step();
/// Effects: makes a callback without frames, as a sign of life.
void pulse();
bool lose();
void forget_lost();

}  // namespace losable
}  // namespace refwave::contract
