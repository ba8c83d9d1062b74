// What a click is and whose fault it is, by the gaps that a process has published. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "driver/watch/record.h"

namespace refwave::watching {

/// Why there was a click; its words are reason_of()'s.
enum class Cause : std::uint8_t {
  unknown,
  thread,        // of the program, which wrote late
  gave_late,     // of the program, which gave a recording no buffer in time
  callback,      // the program's, which took long
  machine,       // it ran the driver's threads late
  stopped,       // the whole process stood still, and did not wait for a processor
  device_late,   // the device, or its server, called late
  device_xrun,   // it reported one, and no more is known
  device_lost,   // another took over
  device_drops,  // it took sound that it cannot have played
};
inline constexpr std::size_t kCauses = 10;

struct Reason {
  const char* cause;   // "program", "machine", "device" or "unknown"
  const char* text;    // "the program wrote late"
  const char* by;      // what stands between the text and a time
  const char* remedy;  // "give it more or longer buffers"
};
const Reason& reason_of(Cause cause);

/// All that is known of one event, in ns; 0: none of it, or not known.
struct Event {
  std::int64_t began_at = 0;
  std::int64_t ended_at = 0;
  std::uint64_t stream = 0;  // the only one that it has silenced, else 0
  std::size_t device = 0;
  bool is_input = false;
  bool has_stream = false;  // a stream had no block
  // Of the streams, the longest: the steps that led to the write of the block that ended it. `led_from`: the
  // begin of the first step.
  std::int64_t led_from = 0;
  std::int64_t notifier_ns = 0;
  std::int64_t callback_ns = 0;
  std::int64_t thread_ns = 0;
  // Of the devices, the longest.
  std::int64_t late_ns = 0;   // it called late
  std::int64_t held_ns = 0;   // of that, clients' callbacks had its thread
  bool has_schedule = false;  // it is a clock, so that nothing but the machine makes it late
  bool has_xrun = false;
  // The supervisor, in this time.
  std::int64_t supervisor_ns = 0;  // it was late
  std::int64_t waited_ns = 0;      // of that, for a processor; -1: not known
};

struct Verdict {
  Cause cause = Cause::unknown;
  std::int64_t late_ns = 0;  // that share
};

/// Returns: whose share of the lateness is the largest.
Verdict cause_of(const Event& event);

/// Returns: the events among these gaps, one for all that it did to streams and devices, in order. `devices`:
/// of their record.
std::vector<Event> events_of(std::span<const core::Gap> gaps, std::span<const watch::Device> devices);

}  // namespace refwave::watching
