// A sound device that tests step, lose and get back. The driver finds it in place of PortAudio's devices,
// because this file's make_portaudio_backend() is linked in place of hal's.
#pragma once

#include <cstdint>

namespace refwave::contract {

inline constexpr const char* kLosable = "losable";
inline constexpr std::uint32_t kLosableRate = 48'000;
inline constexpr std::uint32_t kLosablePeriod = 16;  // frames

/// Functions for any moment, called on the one thread that steps.
namespace losable {

/// Effects: the device can (not) be opened from now on.
void allow(bool opens);
/// Effects: one period of the open, started device; also a late callback of every device that was lost.
void step();
/// Effects: makes a callback without frames, as a sign of life.
void pulse();
/// Effects: loses the started device. Returns: whether there was one.
bool lose();
/// Effects: forgets the lost devices.
void forget_lost();

}  // namespace losable
}  // namespace refwave::contract
