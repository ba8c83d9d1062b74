// What is known of a gap in the sound: times, and no verdict. The audio thread records gaps of streams and
// late calls of its device, the supervisor its own late ticks, each when it has ended. The supervisor adds
// what the system knows of the threads, for driver/watch. One layout in 32 and 64 bits.
#pragma once

#include <cstdint>

namespace refwave::core {

/// Times are in ns, those named `at` on the monotonic clock. 0: not known.
struct Gap {
  enum class Kind : std::uint16_t {
    stream,      // it had no block
    device,      // it called late
    supervisor,  // it woke late, which shows when the process did not run
  };
  /// Where the client wrote the block that ended a stream's gap.
  enum class Writer : std::uint16_t { unknown, thread, callback };
  static constexpr std::uint16_t kXrun = 1;       // the device reported one
  static constexpr std::uint16_t kScheduled = 2;  // late by the device's own schedule: it is a clock

  bool has(std::uint16_t flag) const noexcept { return (flags & flag) != 0; }

  Kind kind = Kind::stream;
  std::uint16_t pressure_percent = 0;  // of the time around its end, in which a thread of the machine waited
  std::uint32_t device = 0;            // its epoch; in a record, its index there
  std::int64_t began_at = 0;
  std::int64_t ended_at = 0;

  // A stream: the steps that led to the write of the block that ended it.
  std::uint64_t stream = 0;  // its handle
  std::int64_t written_at = 0;
  std::int64_t notifier_ns = 0;   // from the newest done block until a notifier came for it
  std::int64_t callbacks_ns = 0;  // from then until the callbacks before its own had returned
  std::int64_t program_ns = 0;    // from its message until the write
  Writer writer = Writer::unknown;

  // A device; `flags` and `late_ns` also the device of a stream.
  std::uint16_t flags = 0;
  std::uint32_t thread = 0;  // the system's number of the one that wrote, or of the audio thread
  std::int64_t late_ns = 0;  // how late it called; of a stream, before the burst in which it ran dry
  std::int64_t lost_ns = 0;  // how far its sound fell behind the clock
  std::int64_t held_ns = 0;  // how long clients' callbacks had its thread before

  // How long the supervisor, or `thread` in the program, waited for a processor; ±10 ms. -1: not known.
  std::int64_t waited_ns = 0;
};

static_assert(sizeof(Gap) == 104);

}  // namespace refwave::core
