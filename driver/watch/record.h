// What each process publishes of its streams for `refwave watch`: the layout of its record, which is the same
// in 32 and 64 bits and on every system. Plain values. control::Publisher writes it ten times a second while
// a device is open, reader.h reads it. Nothing in it names a text or a sound, nor a file but the
// program's, unless the name of an ALSA device has one.
//
// A Record is followed by the Latency of as many streams as it says. Counters only grow, so a watcher has the
// figures of a time, its percentiles among them, as the difference of two readings. Times are in ns, those
// `at`, `made` … of the monotonic clock, which all processes share. Text is UTF-8 with a 0 at its end.
#pragma once

#include <cstddef>
#include <cstdint>

namespace refwave::watch {

inline constexpr std::uint32_t kMagic = 0x5657'4652;  // "RFWV" in memory
inline constexpr std::uint16_t kVersion = 2;          // grows with every change of this file
inline constexpr std::size_t kDevices = 32;           // as many of both directions as the configuration takes
inline constexpr std::size_t kStreams = 256;
/// Steps of the buffer-done latency, with the bounds of core::LatencyHistogram.
inline constexpr std::size_t kLatencySteps = 592;

/// What a reader needs to tell whose record this is, and whether it can read it.
struct Head {
  // Every version begins with these, pointer_bits aside.
  std::uint32_t magic = kMagic;
  std::uint16_t version = kVersion;
  std::uint16_t pointer_bits = 0;  // 32, 64
  std::uint64_t sequence = 0;      // odd while the record is being written; the next even number afterwards

  std::uint32_t record_bytes = 0;  // sizeof(Record)
  std::uint32_t process = 0;       // its number, as the system has it
  std::uint32_t devices = 0;       // places in use, the first ones
  std::uint32_t streams = 0;       // likewise, free ones among them
  std::int64_t made_ns = 0;     // with the first device; tells a process from a later one of the same number
  std::int64_t updated_ns = 0;  // now, while a device is open; older, with streams: the process stands still
  char program[64] = {};        // the file name of the executable
  char driver[32] = {};         // the version of the driver
};

/// Whose fault it is that a stream ran dry, or that an input's frames found no block.
enum class Cause : std::uint8_t { program, machine, device };
inline constexpr std::size_t kCauses = 3;

/// A wave device. The counters are since the settings' DRV_OPEN, over all sound devices that have served it,
/// unless a comment says "of the record": since that was made.
struct Device {
  char name[128] = {};          // of the sound device that serves, or that served last; empty: none has
  std::uint32_t direction = 0;  // hal::Direction: 0 output, 1 input
  std::uint32_t rate = 0;       // this and the next four: of that sound device; 0: not known
  std::uint32_t period_frames = 0;
  std::uint32_t latency_frames = 0;
  std::uint32_t device_period_frames = 0;  // what it, or the plugin before it, takes at once
  std::uint32_t device_buffer_frames = 0;
  std::uint32_t missed = 0;        // hal::Presence: what there is of the configured device, if another serves
  std::uint32_t audio_thread = 0;  // the system's number; 0: not known
  std::uint64_t late_periods = 0;  // that began more than a period late
  std::uint64_t max_lateness_ns = 0;
  std::uint64_t returns = 0;     // of the configured device, after a loss
  std::uint64_t dropped_ns = 0;  // sound that it took and cannot have played
  // Clicks of all its streams, by what caused them.
  std::uint64_t losses = 0;     // the device: it was lost, and the clocked device took over
  std::uint64_t xruns = 0;      // the device: it reported one
  std::uint64_t drops = 0;      // the device: tenths of a second, of the record, in which dropped_ns grew
  std::uint64_t stalls = 0;     // the device, of the record: it called no more, and then went on
  std::uint64_t reanchors = 0;  // the machine: it was stopped for so long that the schedule began anew
  std::uint64_t clicks[kCauses] = {};  // of the record: those of its streams, closed ones among them
};

/// An open stream. The counters are since its open.
struct OpenStream {
  std::uint64_t id = 0;           // no other stream of the process has it; 0: a free place
  std::int64_t opened_ns = 0;     // a tenth of a second late at most
  std::uint16_t device = 0;       // which of the record's
  std::uint16_t running = 0;      // 1: not paused (output), started (input)
  std::uint16_t sample_type = 0;  // dsp::SampleType
  std::uint16_t channels = 0;
  std::uint32_t rate = 0;
  std::uint32_t headers = 0;        // queued
  std::uint32_t header_frames = 0;  // of the longest one; all are of one length, as a rule
  std::uint32_t reserved = 0;
  std::uint64_t blocks = 0;     // finished
  std::uint64_t underruns = 0;  // an input: frames dropped
  // Of the record: underruns by their Cause; an input: gaps that are over.
  std::uint64_t clicks[kCauses] = {};
  std::uint64_t late_ns = 0;          // by how long the program was late for the newest; 0: not known
  std::uint64_t longest_late_ns = 0;  // the longest such time
  std::uint64_t latency_max_ns = 0;
};

struct Record {
  Head head;
  Device devices[kDevices];
  OpenStream streams[kStreams];  // `head.streams` of them
};

/// How many timed messages of a stream in each step. They stop at the largest number: 49 days of a message
/// each ms. May be two seconds old where there are more than 16 streams.
struct Latency {
  std::uint32_t counts[kLatencySteps] = {};
};

// No padding anywhere, so a compiler for 32 bits has no choice.
static_assert(sizeof(Head) == 144 && offsetof(Head, made_ns) == 32);
static_assert(sizeof(Device) == 256 && offsetof(Device, late_periods) == 160);
static_assert(sizeof(OpenStream) == 104 && offsetof(OpenStream, blocks) == 40);
static_assert(sizeof(Record) == sizeof(Head) + sizeof(Device[kDevices]) + sizeof(OpenStream[kStreams]));
static_assert(sizeof(Latency) % sizeof(std::uint64_t) == 0);

}  // namespace refwave::watch
