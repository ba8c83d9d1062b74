// A sound device that tests step, lose and get back: the driver finds it where PortAudio's devices would be,
// for this file's make_portaudio_backend() is linked in place of hal's.
#pragma once

#include <cstdint>

namespace refwave::contract {

inline constexpr const char* kLosable = "losable";
inline constexpr std::uint32_t kLosableRate = 48'000;
inline constexpr std::uint32_t kLosablePeriod = 16;  // frames

/// All at any time, from the one thread that tests step with.
namespace losable {

/// Effects: the device can (not) be opened from now on.
void allow(bool opens);
/// Effects: one period of the open, started device; also a late callback of every device that was lost.
void step();
/// Effects: a callback of no frames: a sign of life.
void pulse();
/// Returns: whether there was a started device, which is lost now.
bool lose();
/// Effects: forgets the lost devices.
void forget_lost();

}  // namespace losable
}  // namespace refwave::contract
