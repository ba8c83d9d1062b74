// What each process publishes of its streams for `refwave watch`: the layout of its record, which is the same
// in 32 and 64 bits and on every system. Plain values. control::Publisher writes it ten times a second while
// a device is open, reader.h reads it. Nothing in it names a text or a sound, nor a file but the
// program's, unless the name of an ALSA device has one.
//
// A Record is followed by the Latency of as many streams as it says. The counters are the driver's own, those
// of REFWAVE_GET_STATISTICS, and only grow. So a watcher has the figures of a time, its percentiles among
// them, as the difference of two readings. Times `at`, `made` … are those of the monotonic clock, which all
// processes share. Text is UTF-8 with a 0 at its end.
#pragma once

#include <cstddef>
#include <cstdint>

namespace refwave::watch {

inline constexpr std::uint32_t kMagic = 0x5657'4652;  // "RFWV" in memory
inline constexpr std::uint16_t kVersion = 1;          // grows with every change of this file
inline constexpr std::uint16_t kDevices = 32;         // as many of both directions as the configuration takes
inline constexpr std::uint32_t kClicks = 64;
inline constexpr std::uint32_t kStreams = 256;
/// Steps of the buffer-done latency, with the bounds of core::LatencyHistogram.
inline constexpr std::size_t kLatencySteps = 592;

struct Head {
  // Every version begins with these three.
  std::uint32_t magic = kMagic;
  std::uint16_t version = kVersion;
  std::uint16_t head_bytes = 160;
  std::uint64_t sequence = 0;  // odd while the record is being written; the next even number afterwards
  // The layout of this version, up to `stream_places`.
  std::uint16_t device_bytes = 232;
  std::uint16_t click_bytes = 72;
  std::uint16_t stream_bytes = 88;
  std::uint16_t device_places = kDevices;
  std::uint32_t click_places = kClicks;
  std::uint32_t stream_places = 0;  // free ones among them
  std::uint64_t clicks = 0;         // since the record was made; the newest are in the ring

  std::uint32_t process = 0;       // its number, as the system has it
  std::uint16_t pointer_bits = 0;  // 32, 64
  std::uint16_t devices = 0;       // places in use, the first ones
  std::int64_t made_ns = 0;     // with the first device; tells a process from a later one of the same number
  std::int64_t updated_ns = 0;  // now, while a device is open; older, with streams: the process stands still
  char program[64] = {};        // the file name of the executable
  char driver[32] = {};         // the version of the driver
};

/// A wave device. The counters are since the settings' DRV_OPEN, over all sound devices that have served it.
struct Device {
  char name[128] = {};           // of the sound device that serves now; empty: none is open
  std::uint8_t direction = 0;    // hal::Direction: 0 output, 1 input
  std::uint8_t sample_type = 0;  // dsp::SampleType
  std::uint16_t channels = 0;    // this and the next five: 0 while none is open, and where it is not known
  std::uint32_t rate = 0;
  std::uint32_t period_frames = 0;
  std::uint32_t latency_frames = 0;
  std::uint32_t device_period_frames = 0;  // what the device, or the plugin before it, takes at once
  std::uint32_t device_buffer_frames = 0;
  std::uint32_t missed = 0;        // hal::Presence: what there is of the configured device, if another serves
  std::uint32_t audio_thread = 0;  // the system's number; 0: not known (then it is found by its name)
  std::int64_t called_ns = 0;      // its newest callback; 0: none
  std::uint64_t late_periods = 0;  // that began more than a period late
  std::uint64_t max_lateness_ns = 0;
  std::uint64_t losses = 0;
  std::uint64_t returns = 0;
  std::uint64_t xruns = 0;       // that the device has reported
  std::uint64_t reanchors = 0;   // it was so late that its schedule began anew: the machine was stopped
  std::uint64_t dropped_ns = 0;  // sound that it took and cannot have played
  std::int64_t silent_ns = 0;    // since when, about, it has called no more
};

enum class ClickKind : std::uint16_t {
  underrun = 1,  // a stream ran dry and more was written too late; an input: frames dropped, no block waited
  xrun,          // the device reported one; this and what follows: of the device
  dropped,       // it took sound that it cannot have played
  reanchored,    // it began its schedule anew
  lost,          // it was lost, and the clocked device took over
  stalled,       // it called no more for gap_ns, and then went on, as a sink that is suspended
};

/// What was heard, and what tells its cause: the counters of the tenth of a second in which it was counted.
///
///   the device   xrun, dropped, lost, stalled
///   the machine  reanchored; late_periods > 0: the audio thread woke late; notify_ns >= gap_ns > 0: a
///   notifier
///                did, and a client that is told in time would have been in time
///   the device   taken_ns is more than elapsed_ns and queued_ns together: it took more at once
///   the program  otherwise: its block came late, by gap_ns
struct Click {
  std::int64_t at_ns = 0;          // the end of that tenth of a second
  std::uint64_t stream = 0;        // OpenStream::id; 0: all of the device's
  std::uint16_t kind = 0;          // ClickKind
  std::uint16_t device = 0;        // which of the record's
  std::uint32_t count = 0;         // how many of this kind
  std::uint32_t late_periods = 0;  // of the device
  std::uint32_t reserved = 0;
  std::int64_t gap_ns = 0;     // for how long the newest of them was silent; dropped sound; 0: not known
  std::int64_t notify_ns = 0;  // the longest buffer-done latency of the stream; 0: not known
  std::int64_t taken_ns = 0;   // what the device took of the stream, silence included
  std::int64_t elapsed_ns = 0;
  std::int64_t queued_ns = 0;  // of the stream, when that tenth began
};

/// An open stream. The counters are since its open.
struct OpenStream {
  std::uint64_t id = 0;        // no other stream of the process has it; 0: a free place
  std::int64_t opened_ns = 0;  // a tenth of a second late at most
  std::uint8_t direction = 0;  // as Device has them
  std::uint8_t sample_type = 0;
  std::uint16_t channels = 0;
  std::uint32_t rate = 0;
  std::uint16_t device = 0;         // which of the record's
  std::uint8_t running = 0;         // 1: not paused (output), started (input)
  std::uint8_t sounding = 0;        // 1: the newest period had frames of it
  std::uint32_t headers = 0;        // queued
  std::uint32_t header_frames = 0;  // of the newest one that was written; all are of one length, as a rule
  std::uint32_t reserved = 0;
  std::uint64_t blocks = 0;     // finished
  std::uint64_t messages = 0;   // WOM_DONE and WIM_DATA delivered
  std::uint64_t underruns = 0;  // an input: frames dropped
  std::uint64_t periods = 0;    // of the device that served it
  std::uint64_t skipped = 0;    // in which its lock was taken
  std::uint64_t latency_max_ns = 0;
};

struct Record {
  Head head;
  Device devices[kDevices];
  Click clicks[kClicks];
  OpenStream streams[kStreams];  // `head.stream_places` of them
};

/// How many timed messages of a stream in each step. They stop at the largest number: 49 days of a message
/// each ms. May be two seconds old where there are more than 16 streams.
struct Latency {
  std::uint32_t counts[kLatencySteps] = {};
};

// No padding anywhere, so a compiler for 32 bits has no choice.
static_assert(sizeof(Head) == Head().head_bytes && offsetof(Head, made_ns) == 48);
static_assert(sizeof(Device) == Head().device_bytes && offsetof(Device, called_ns) == 160);
static_assert(sizeof(Click) == Head().click_bytes && offsetof(Click, gap_ns) == 32);
static_assert(sizeof(OpenStream) == Head().stream_bytes && offsetof(OpenStream, blocks) == 40);
static_assert(sizeof(Record) == sizeof(Head) + sizeof(Device[kDevices]) + sizeof(Click[kClicks]) +
                                    sizeof(OpenStream[kStreams]));
static_assert(sizeof(Latency) % sizeof(std::uint64_t) == 0);

}  // namespace refwave::watch
