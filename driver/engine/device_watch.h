// The watchdog of an engine's device: is it lost, overdue or idle? Called by Engine alone, under its mutex.
#pragma once

#include <cstdint>

#include "hal/device.h"

namespace refwave::engine {

/// The device at one tick.
struct DeviceState {
  bool running = false;
  bool starting = false;          // a start was requested and has not been carried out
  bool is_lost = false;           // as it reports itself
  bool may_be_silent = false;     // a missing callback is no fault
  std::int64_t requested_ns = 0;  // when its start was requested last
  std::int64_t called_ns = 0;     // its newest callback
  std::int64_t usual_gap_ns = 0;  // between two callbacks, as its period and its latency have it
  std::int64_t pause_ns = 0;      // the longest rest of a living device; 0: it does not rest
  hal::ServerAnswer answer = hal::ServerAnswer::unknown;  // since its newest callback
};

/// silent: the device may be resting; ask its server, then judge().
enum class Finding : std::uint8_t { in_order, lost, silent, stopped_calling, start_too_slow };

/// Returns: the longest time between two callbacks of a device that does not rest.
std::int64_t usual_gap_ns(const hal::OpenInfo& info);

class DeviceWatch {
 public:
  explicit DeviceWatch(std::uint32_t start_ms) : start_grace_ns_(std::int64_t{start_ms} * 1'000'000) {}

  /// Effects: counts a tick.
  Finding examine(const DeviceState& device, std::int64_t now_ns);
  /// Returns: silent or stopped_calling, by the server's answer.
  Finding judge(const DeviceState& device, std::int64_t now_ns) const;
  /// Returns: the longest silence of a running device that is still accepted.
  std::int64_t patience_ns(const DeviceState& device) const;

  /// Effects: another device serves; the previous one's silence does not count.
  void note_change() { quiet_since_ns_ = quiet_ns_ = 0; }

  /// Effects: a stream needs the device now.
  void note_needed(std::int64_t now_ns) { needed_ns_ = now_ns; }
  bool is_idle(std::int64_t now_ns, std::int64_t linger_ns) const { return now_ns - needed_ns_ > linger_ns; }

 private:
  bool is_overdue(const DeviceState& device, std::int64_t now_ns);
  void note_rest(const DeviceState& device);
  std::int64_t expected_gap_ns(const DeviceState& device) const;

  const std::int64_t start_grace_ns_;
  std::int64_t quiet_since_ns_ = 0;   // the device's newest callback or start request
  std::uint32_t quiet_ticks_ = 0;     // since then
  std::int64_t quiet_ns_ = 0;         // at the newest tick
  std::int64_t longest_rest_ns_ = 0;  // after which the device has called again
  std::int64_t needed_ns_ = 0;        // when a stream last needed the device
};

}  // namespace refwave::engine
