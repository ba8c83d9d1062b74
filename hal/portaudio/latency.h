// The latency and the period to ask PortAudio for. Pure arithmetic.
#pragma once

#include <algorithm>
#include <string_view>

#include "hal/device.h"

namespace refwave::hal {

/// How a sound server's device takes its audio, in seconds. 0: as a stream asks.
struct Buffering {
  double fragment_s = 0;  // at once
  double buffer_s = 0;    // in one burst when it starts
  bool operator==(const Buffering&) const = default;
};

/// Returns: the latency in seconds. It is at least two periods, because otherwise ALSA's plugin for
/// PulseAudio asks for several periods at once; and it covers what the device takes at its start, and a
/// fragment more for the time until the next period. `lowest_s`: PortAudio's lowest for the device.
inline double latency_s(const OpenRequest& request, double lowest_s, const Buffering& device, double rate) {
  constexpr double kUsualS = 0.040;  // gives four even callbacks of 10 ms on PulseAudio through ALSA
  constexpr double kShortS = 0.020;  // the shortest that PulseAudio plays without gaps
  if (request.latency_ms > 0) return request.latency_ms / 1e3;
  const double needed_s = std::max(lowest_s, device.buffer_s + device.fragment_s);
  if (request.period_frames == 0) return std::max(needed_s, kUsualS);
  return std::max({needed_s, kShortS, 2 * request.period_frames / rate});
}

/// The longest period of an output through WASAPI. WASAPI's engine takes ten milliseconds at a time, whatever
/// period a program asks for. We render five milliseconds at a time, evenly (cadence.h).
inline constexpr double kWasapiPeriodS = 0.005;

/// Returns: whether a device of that name is WASAPI's. `name`: as in the list of devices.
constexpr bool is_wasapi(std::string_view name) noexcept { return name.starts_with("WASAPI/"); }

}  // namespace refwave::hal
