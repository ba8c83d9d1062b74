// The record that each process publishes of its streams for `refwave watch`; the layout is the same in 32 and
// 64 bits and on every system. Publisher writes it while a device is open, bench/watch reads it and
// concludes. It holds no sound, and names no text and no file but the program's, unless the name of an ALSA
// device has one.
//
// `head.streams` OpenStreams follow the Record. Counters only grow, so the difference of two readings has the
// figures of the time between. Times are in ns of the monotonic clock. Text is UTF-8 with a 0 at its end.
#pragma once

#include <cstddef>
#include <cstdint>

#include "driver/core/handover/gap.h"

namespace refwave::watch {

inline constexpr std::uint32_t kMagic = 0x5657'4652;  // "RFWV" in memory
inline constexpr std::uint16_t kVersion = 6;          // grows with every change of this file
inline constexpr std::size_t kDevices = 32;           // as many of both directions as the configuration takes
inline constexpr std::size_t kStreams = 256;
inline constexpr std::size_t kGaps = 256;
inline constexpr std::size_t kLatencySteps = 592;  // with the bounds of core::LatencyHistogram

/// What and whose the record is, and whether it is being written.
struct Head {
  // Every version begins with these, pointer_bits aside.
  std::uint32_t magic = kMagic;
  std::uint16_t version = kVersion;
  std::uint16_t pointer_bits = 0;  // 32, 64
  std::uint64_t sequence = 0;      // odd while the record is being written; the next even number afterwards

  std::uint32_t record_bytes = 0;  // sizeof(Record)
  std::uint32_t process = 0;
  std::uint32_t devices = 0;    // places in use, the first ones
  std::uint32_t streams = 0;    // the same, free ones among them
  std::int64_t made_ns = 0;     // with the first device; a later process of the same number has another
  std::int64_t updated_ns = 0;  // if old while a device is open, the process stands still
  char program[64] = {};        // the file name of the executable
  std::uint64_t gaps = 0;       // since made_ns; the newest are in the record
  std::uint64_t lost_gaps = 0;  // without room in the driver
};

/// A wave device. The counters are over all sound devices that have served it.
struct Device {
  char name[128] = {};          // of the newest sound device; empty: none yet
  std::uint32_t direction = 0;  // hal::Direction: 0 output, 1 input
  std::uint32_t rate = 0;       // of that sound device, as the next two
  std::uint32_t period_frames = 0;
  std::uint32_t latency_frames = 0;
  std::uint32_t missed = 0;   // hal::Availability: why the configured device does not serve
  std::uint32_t is_open = 0;  // 1: a sound device serves
  std::uint64_t late_periods = 0;
  std::uint64_t dropped_ns = 0;  // sound that it took and cannot have played
  std::uint64_t losses = 0;
  std::uint64_t xruns = 0;
};

/// An open stream. The counters are since its open.
struct OpenStream {
  std::uint64_t id = 0;           // no other stream of the process has it; 0: a free place
  std::int64_t opened_ns = 0;     // late by 0.2 s, as a rule
  std::uint16_t device = 0;       // its index
  std::uint16_t running = 0;      // 1: not paused (output), started (input)
  std::uint16_t sample_type = 0;  // dsp::SampleType
  std::uint16_t channels = 0;
  std::uint32_t rate = 0;
  std::uint32_t headers = 0;        // queued
  std::uint32_t header_frames = 0;  // of the newest one
  std::uint32_t queued_frames = 0;
  std::uint64_t blocks = 0;     // finished
  std::uint64_t underruns = 0;  // an input: frames dropped
  // Of its timed messages; if more than 16 were ever open at once, they may be two seconds old.
  std::uint64_t latency_max_ns = 0;
  std::uint32_t latency[kLatencySteps] = {};  // how many in each step
};

struct Record {
  Head head;
  Device devices[kDevices];
  core::Gap gaps[kGaps];  // number n at n modulo kGaps; `device`: its index, kDevices if none
};

// No padding, so that a compiler for 32 bits makes the same layout.
static_assert(sizeof(Head) == 128 && offsetof(Head, made_ns) == 32);
static_assert(sizeof(Device) == 184 && offsetof(Device, late_periods) == 152);
static_assert(sizeof(OpenStream) == 64 + 4 * kLatencySteps && offsetof(OpenStream, blocks) == 40);
static_assert(sizeof(Record) == sizeof(Head) + sizeof(Device[kDevices]) + sizeof(core::Gap[kGaps]));

}  // namespace refwave::watch
