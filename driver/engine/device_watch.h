// The watchdog of one engine's device. At each tick it decides whether the device is lost, has stopped
// calling, takes too long to start, is no longer needed, or has to be tried again. It owns the times and
// counts for these decisions. It only decides; Engine acts.
//
// Called by Engine alone, under Engine's mutex.
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
  std::int64_t pause_ns = 0;      // for so long it may rest although it lives; 0: it takes no rests
  hal::ServerAnswer answer = hal::ServerAnswer::unknown;  // since its newest callback
};

/// silent: the device may rest, so its server is to be asked. Then judge() decides.
enum class Finding : std::uint8_t { in_order, lost, silent, stopped_calling, start_too_slow };

/// Returns: the longest time between two callbacks of a device that takes no rests.
std::int64_t usual_gap_ns(const hal::OpenInfo& info);

class DeviceWatch {
 public:
  /// `start_ms`: from a write to the device's first callback.
  explicit DeviceWatch(std::uint32_t start_ms) : start_grace_ns_(std::int64_t{start_ms} * 1'000'000) {}

  /// Effects: counts a tick in which the device did nothing. Returns: its state.
  Finding examine(const DeviceState& device, std::int64_t now_ns);
  /// Returns: what to think of a silent device, with the answer of its server: silent or stopped_calling.
  Finding judge(const DeviceState& device, std::int64_t now_ns) const;
  /// Returns: for how long a running device may make no callback.
  std::int64_t patience_ns(const DeviceState& device) const;

  /// Effects: another device serves from now on. The silence of the one before is no rest of this one.
  void note_change() { quiet_since_ns_ = quiet_ns_ = 0; }

  /// Effects: notes that a stream needs the device now.
  void note_needed(std::int64_t now_ns) { needed_ns_ = now_ns; }
  /// Returns: whether no stream has needed the device for longer than `linger_ns`.
  bool is_idle(std::int64_t now_ns, std::int64_t linger_ns) const { return now_ns - needed_ns_ > linger_ns; }

  /// Effects: begins the back-off after a device was replaced. The first attempt to go back comes after half
  /// a second.
  void begin_retries(std::int64_t now_ns);
  /// Effects: an attempt comes at once, another after a tenth of a second, and then the back-off grows again.
  void retry_at_once();
  /// Effects: notes that an attempt begins, and doubles the back-off, to 1.2 s at most.
  void note_retry(std::int64_t now_ns);
  bool retry_is_due(std::int64_t now_ns) const { return now_ns >= retry_at_ns_; }

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
  std::int64_t retry_at_ns_ = 0;
  std::int64_t retry_after_ns_ = 0;  // the back-off
};

}  // namespace refwave::engine
