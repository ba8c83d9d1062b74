// What each process publishes of its streams for `refwave watch`: the layout of its record, which is the same
// in 32 and 64 bits and on every system. Plain values. Publisher writes it ten times a second while a device
// is open, bench/watch reads it and concludes. Nothing in it names a text or a sound, nor a file but the
// program's, unless the name of an ALSA device has one.
//
// A Record is followed by the Latency of as many streams as it says. Counters only grow, so a watcher has the
// figures of a time, its percentiles among them, as the difference of two readings. Times are in ns, those
// `at`, `made` … of the monotonic clock, which all processes share. Text is UTF-8 with a 0 at its end.
#pragma once

#include <cstddef>
#include <cstdint>

#include "driver/core/handover/gap.h"

namespace refwave::watch {

inline constexpr std::uint32_t kMagic = 0x5657'4652;  // "RFWV" in memory
inline constexpr std::uint16_t kVersion = 3;          // grows with every change of this file
inline constexpr std::size_t kDevices = 32;           // as many of both directions as the configuration takes
inline constexpr std::size_t kStreams = 256;
inline constexpr std::size_t kGaps = 256;  // the newest
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
  std::int64_t updated_ns = 0;  // now, while a device is open; older: the process stands still
  char program[64] = {};        // the file name of the executable
  char driver[32] = {};         // the version of the driver
  std::uint64_t gaps = 0;       // since it was made; the newest of them are in the record
  std::uint64_t lost_gaps = 0;  // that found no room in the driver
};

/// A wave device. The counters are since the settings' DRV_OPEN, over all sound devices that have served it.
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
  std::uint64_t late_periods =
      0;  // that came after the device had run out of sound; by a clock, a period late
  std::uint64_t max_lateness_ns = 0;
  std::uint64_t returns = 0;     // of the configured device, after a loss
  std::uint64_t dropped_ns = 0;  // sound that it took and cannot have played
  std::uint64_t losses = 0;      // and the clocked device took over
  std::uint64_t xruns = 0;       // that it reported
  std::uint64_t reanchors = 0;   // it was stopped for so long that its schedule began anew
  std::uint32_t is_open = 0;     // 1: a sound device serves
  std::uint32_t reserved = 0;
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
  std::uint32_t header_frames = 0;  // of the newest one
  std::uint32_t queued_frames = 0;
  std::uint64_t blocks = 0;     // finished
  std::uint64_t underruns = 0;  // an input: frames dropped
  std::uint64_t latency_max_ns = 0;
};

struct Record {
  Head head;
  Device devices[kDevices];
  core::Gap gaps[kGaps];         // number n at n modulo kGaps; `device` is one of the record's, or kDevices
  OpenStream streams[kStreams];  // `head.streams` of them
};

/// How many timed messages of a stream in each step. They stop at the largest number: 49 days of a message
/// each ms. May be two seconds old where there are more than 16 streams.
struct Latency {
  std::uint32_t counts[kLatencySteps] = {};
};

// No padding anywhere, so a compiler for 32 bits has no choice.
static_assert(sizeof(Head) == 160 && offsetof(Head, made_ns) == 32);
static_assert(sizeof(Device) == 224 && offsetof(Device, late_periods) == 160);
static_assert(sizeof(OpenStream) == 64 && offsetof(OpenStream, blocks) == 40);
static_assert(sizeof(Record) == sizeof(Head) + sizeof(Device[kDevices]) + sizeof(core::Gap[kGaps]) +
                                    sizeof(OpenStream[kStreams]));
static_assert(sizeof(Latency) % sizeof(std::uint64_t) == 0);

}  // namespace refwave::watch
