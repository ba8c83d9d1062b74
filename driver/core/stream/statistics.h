// Counters and latencies of one stream or of all, as a client may ask for them.
#pragma once

#include <algorithm>
#include <cstdint>

#include "driver/core/handover/latency_histogram.h"
#include "driver/core/stream/meter.h"
#include "driver/core/stream/stream.h"
#include "driver/core/trace/trace.h"
#include "hal/device.h"
#include "hal/system/mutex.h"

namespace refwave::core {

/// Of buffer-done latency.
struct Latencies {
  std::uint64_t p50_ns = 0;
  std::uint64_t p99_ns = 0;
  std::uint64_t p999_ns = 0;
  std::uint64_t max_ns = 0;
};

/// An engine's device now (without a name none is open), and its counters since DRV_ENABLE.
struct DeviceStatistics : hal::OpenInfo {
  std::uint64_t late_periods = 0;
  std::uint64_t max_lateness_ns = 0;
  std::uint64_t wakes = 0;
  std::uint64_t losses = 0;
  std::uint64_t returns = 0;     // from the clocked device to the configured one
  std::uint64_t xruns = 0;       // underflows and overflows that the device reported
  std::uint64_t reanchors = 0;   // times the device was so late that it restarted its schedule
  std::uint64_t dropped_ns = 0;  // sound that devices took and cannot have played
  hal::Availability missed = hal::Availability::none;  // why the configured device does not serve
  std::uint32_t queued_frames = 0;                     // that it had when it called last
  std::uint32_t epoch = 0;                             // its epoch

  void add(const DeviceStatistics& other) noexcept {
    late_periods += other.late_periods;
    max_lateness_ns = std::max(max_lateness_ns, other.max_lateness_ns);
    wakes += other.wakes;
    losses += other.losses;
    returns += other.returns;
    xruns += other.xruns;
    reanchors += other.reanchors;
    dropped_ns += other.dropped_ns;
    queued_frames = other.queued_frames;
  }
};

/// Counts of the threads that call clients.
struct NotifierStatistics {
  std::uint32_t threads = 0;
  std::uint32_t realtime = 0;  // those of them that the system wakes before ordinary threads
  std::uint64_t hand_ons = 0;  // wake-ups by notifiers, in addition to those by audio threads
  std::uint64_t spun_ns = 0;   // time spent awake and waiting (wake = predict, spin)
};

struct Statistics {
  std::uint16_t slot = kNoSlot;  // of the one stream
  std::uint32_t streams = 0;
  std::uint64_t blocks = 0;
  std::uint64_t messages = 0;
  std::uint64_t undelivered = 0;
  std::uint64_t underruns = 0;
  std::uint64_t periods = 0;
  std::uint64_t skipped = 0;
  std::uint64_t silenced = 0;
  std::uint64_t uncaptured_ns = 0;  // of all streams: what is not in the file of `capture`
  Levels levels;                    // of the one stream, if they were asked for
  Latencies latency;
  DeviceStatistics device;
  NotifierStatistics notifiers;  // of all streams together

  void add(const StreamCounters& counters) noexcept {
    blocks += counters.blocks.load(std::memory_order_relaxed);
    messages += counters.messages.load(std::memory_order_relaxed);
    undelivered += counters.undelivered.load(std::memory_order_relaxed);
    underruns += counters.underruns.load(std::memory_order_relaxed);
    periods += counters.periods.load(std::memory_order_relaxed);
    skipped += counters.skipped.load(std::memory_order_relaxed);
    silenced += counters.silenced.load(std::memory_order_relaxed);
  }
};

inline Latencies latencies_of(const LatencyHistogram& histogram) {
  return {.p50_ns = histogram.percentile(0.50),
          .p99_ns = histogram.percentile(0.99),
          .p999_ns = histogram.percentile(0.999),
          .max_ns = histogram.max_ns()};
}

/// Of all closed streams.
struct Totals {
  hal::Mutex mutex;
  Statistics counters GUARDED_BY(mutex);
  LatencyHistogram latency GUARDED_BY(mutex);
};

}  // namespace refwave::core
