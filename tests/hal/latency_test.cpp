// The latency that is asked of a device: what is wished, what the device needs, and what plays without gaps.
#include "hal/portaudio/latency.h"

#include <gtest/gtest.h>

namespace refwave::hal {
namespace {

struct Case {
  const char* what;
  std::uint32_t latency_ms;
  std::uint32_t period_frames;
  double lowest_s;
  Buffering device;
  double expected_s;
};

TEST(Latency, Is_what_was_asked_for_or_what_the_device_needs) {
  constexpr Buffering kTimed{};                                          // PulseAudio on most computers
  constexpr Buffering kFragments{.fragment_s = 0.025, .buffer_s = 0.1};  // PulseAudio in a virtual machine
  constexpr Buffering kWhole{.fragment_s = 0, .buffer_s = 0.15};  // a sink that tells its latency alone
  for (const Case& one : {
           Case{"nothing asked", 0, 0, 0.0, kTimed, 0.040},
           Case{"the lowest is longer", 0, 0, 0.1, kTimed, 0.1},
           Case{"a short period", 0, 64, 0.0, kTimed, 0.020},
           Case{"a usual period", 0, 480, 0.0, kTimed, 0.020},
           Case{"two long periods", 0, 4'800, 0.0, kTimed, 0.2},
           Case{"fragments", 0, 0, 0.0, kFragments, 0.125},
           Case{"fragments, and a period", 0, 480, 0.0, kFragments, 0.125},
           Case{"fragments, and a long period", 0, 4'800, 0.0, kFragments, 0.2},
           Case{"a buffer without fragments", 0, 480, 0.0, kWhole, 0.15},
           Case{"asked for", 7, 480, 0.1, kFragments, 0.007},
           Case{"two seconds asked for", 2'000, 0, 0.0, kTimed, 2.0},
       }) {
    const OpenRequest request{.period_frames = one.period_frames, .latency_ms = one.latency_ms};
    EXPECT_DOUBLE_EQ(latency_s(request, one.lowest_s, one.device, 48'000), one.expected_s) << one.what;
  }
}

}  // namespace
}  // namespace refwave::hal
