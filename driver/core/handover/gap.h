// What is known of a gap in the sound: times, and no verdict. Who sees a gap end makes one entry: the audio
// thread, of a stream or of its device, and the supervisor, of itself. One ring takes them to the supervisor,
// which publishes them (driver/watch). Plain values, the same in 32 and 64 bits.
#pragma once

#include <cstdint>

namespace refwave::core {

/// Times are in ns; those `at` a moment are of the monotonic clock. 0: not known.
struct Gap {
  enum class Kind : std::uint32_t {
    stream,      // it had no block; an input: frames found none
    device,      // it called late
    supervisor,  // it woke late: a witness of what the system gave this process
  };
  /// Who wrote the block that ended a stream's gap: the client inside its callback, or elsewhere.
  enum class Writer : std::uint16_t { unknown, thread, callback };
  static constexpr std::uint16_t kXrun = 1;       // the device reported one
  static constexpr std::uint16_t kScheduled = 2;  // its lateness is by a schedule of its own: it is a clock

  bool has(std::uint16_t flag) const noexcept { return (flags & flag) != 0; }

  Kind kind = Kind::stream;
  std::uint32_t device = 0;  // its epoch; in a record its place there
  std::int64_t began_at = 0;
  std::int64_t ended_at = 0;

  // A stream: the steps that led to the write of the block that ended it.
  std::uint64_t stream = 0;  // its handle
  std::int64_t written_at = 0;
  std::int64_t notifier_ns = 0;   // from the newest done block until a notifier came for it
  std::int64_t callbacks_ns = 0;  // and until the client's callbacks before it had returned
  std::int64_t program_ns = 0;    // from its message until the write
  Writer writer = Writer::unknown;

  // A device; the first two also the device of a stream.
  std::uint16_t flags = 0;
  std::uint32_t reserved = 0;
  std::int64_t late_ns = 0;  // by so much it called late; a stream's, before it took at once what it missed
  std::int64_t lost_ns = 0;  // by so much its sound fell behind the clock
  std::int64_t held_ns = 0;  // for so long clients' callbacks had its thread before

  std::int64_t waited_ns = 0;  // the supervisor, for a processor; -1: not known
};

static_assert(sizeof(Gap) == 104);

}  // namespace refwave::core
