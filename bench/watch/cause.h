// What a click is, and whose fault it is, by the gaps that a process has published. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "driver/watch/record.h"

namespace refwave::watching {

enum class Cause : std::uint8_t {
  unknown,
  thread,        // the program's thread wrote late
  gave_late,     // it gave a recording its buffer late
  callback,      // the program's callback took long
  machine,       // it ran the driver's threads late
  stopped,       // the whole process stood still, and did not wait for a processor
  device_late,   // the device, or its server, called late
  device_xrun,   // it reported one, and nothing else is known
  device_lost,   // the clocked device took over
  device_drops,  // it took sound that it cannot have played
};

struct Reason {
  const char* cause;   // "program", "machine", "device" or "unknown"
  const char* text;    // "the program wrote late"
  const char* by;      // between the text and a time
  const char* remedy;  // "give it more or longer buffers"
};
const Reason& reason_of(Cause cause);

/// What is known of one event, in ns; 0: not known.
struct Event {
  std::int64_t began_at = 0;
  std::int64_t ended_at = 0;
  std::uint64_t stream = 0;  // the only one that was silent, else 0
  bool is_input = false;
  bool has_stream = false;     // a stream had no block
  std::int64_t silent_ns = 0;  // for so long at most
  std::int64_t dry_ns = 0;     // of that, until one was written
  // What led to the write of the block that ended a stream's gap, and when that began; of streams the
  // longest.
  std::int64_t led_from = 0;
  std::int64_t notifier_ns = 0;
  std::int64_t callback_ns = 0;
  std::int64_t thread_ns = 0;
  std::int64_t writer_waited_ns = 0;  // its thread, or that of the callback, waited for a processor meanwhile
  // Of the devices, the longest.
  std::int64_t late_ns = 0;   // it called late
  std::int64_t held_ns = 0;   // of that, clients' callbacks had its thread
  bool has_schedule = false;  // it is a clock, which only the machine makes late
  bool has_xrun = false;
  std::int64_t device_waited_ns = 0;   // its thread waited for a processor
  std::uint16_t pressure_percent = 0;  // some thread of the machine did
  std::int64_t supervisor_ns = 0;      // the supervisor was late
  std::int64_t waited_ns = 0;          // of that, it waited for a processor; -1: not known
};

struct Verdict {
  Cause cause = Cause::unknown;
  std::int64_t late_ns = 0;  // its share
};

/// Returns: the cause with the largest share of the lateness.
Verdict cause_of(const Event& event);

/// Returns: the events of these gaps in order, each with all that it did to streams and devices.
std::vector<Event> events_of(std::span<const core::Gap> gaps, std::span<const watch::Device> devices);

}  // namespace refwave::watching
