// Time stamps of a block's life, for a program that asks (REFWAVE_TRACE_START). Each thread stamps its own
// step. While no program asks, a point costs one relaxed load. Each StreamTable has one Trace.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "driver/core/trace/trace_ring.h"
#include "dsp/audio_thread.h"
#include "hal/system/clock.h"
#include "hal/system/mutex.h"

namespace refwave::core {

/// The stamps of a buffer's life, in its order. refwave.h has the same numbers for programs; new ones come
/// last. `block` is the number of the block in its stream, from 0, unless something else is said.
enum class TraceKind : std::uint16_t {
  written = 1,    // a client's header is about to be queued
  period_begin,   // the device has called; block: the period's frames
  started,        // a block's first frame is about to be taken or filled; again with each pass of a loop
  finished,       // a block's last frame was taken or filled: buffer-done latency begins
  released,       // this block and those before it are flagged as done and given to the notifiers
  rendered,       // the audio thread has served all streams of the period; block: its frames
  wake_sent,      // a sleeping notifier was signalled: the period's system call is over
  wake_spared,    // a notifier searches already: no system call
  role_taken,     // a notifier was woken, and searches
  claimed,        // a notifier has claimed the stream's ready bit
  calling,        // just before DriverCallback: the statistics' buffer-done latency ends
  called,         // DriverCallback has returned
  period_end,     // the device gets its thread back; block: the period's frames
  device_lost,    // block: the device's epoch
  device_serves,  // this device serves the streams from now on; block: its epoch
  ready,          // a notifier that is awake sees the slot from now on; block: its newest that waits
};

/// The slot number of an event that belongs to no stream.
inline constexpr std::uint16_t kNoSlot = 0xFFFF;

/// The number of traces of this module that are running. While it is zero, a point looks at nothing else.
/// Control → any thread; relaxed, because a trace looks at its own ring again.
inline constinit std::atomic<std::uint32_t> traces_running{0};

REFWAVE_AUDIO_THREAD inline bool is_tracing() noexcept {
  return traces_running.load(std::memory_order_relaxed) != 0;
}

class Trace {
 public:
  Trace() = default;
  ~Trace() { stop(); }
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  /// Effects: stamps this moment, if a program asks. Thread: any.
  REFWAVE_AUDIO_THREAD void note(TraceKind kind, std::uint16_t slot = kNoSlot,
                                 std::uint32_t block = 0) noexcept {
    if (is_tracing()) [[unlikely]]
      record_now(kind, slot, block);
  }

  /// The most events that may wait for the reader; further events are dropped.
  static constexpr std::uint32_t kCapacity = 1U << 16;

  /// Kinds as a set: the bit of each kind's number.
  static constexpr std::uint32_t kAllKinds = ~std::uint32_t{0};
  static constexpr std::uint32_t bit(TraceKind kind) noexcept {
    return std::uint32_t{1} << static_cast<unsigned>(kind);
  }

  /// Effects: forgets what was recorded, and records events of these kinds from now on. Thread: control.
  /// Throws std::bad_alloc.
  void start(std::uint32_t kinds = kAllKinds);
  /// Effects: records no more. The recorded events can still be read. Thread: control.
  void stop() noexcept;
  /// Effects: takes the oldest events out; the events of one thread are in order. `dropped`: events dropped
  /// since start(). Returns: how many were taken. Thread: control.
  std::size_t read(std::span<TraceEvent> events, std::uint64_t& dropped) noexcept;

 private:
  friend struct StreamTrace;
  REFWAVE_AUDIO_THREAD void record(std::int64_t ns, TraceKind kind, std::uint16_t slot,
                                   std::uint32_t block) noexcept;
  REFWAVE_AUDIO_THREAD void record_now(TraceKind kind, std::uint16_t slot, std::uint32_t block) noexcept {
    if (wants(kind)) record(hal::monotonic_now_ns(), kind, slot, block);
  }
  REFWAVE_AUDIO_THREAD bool wants(TraceKind kind) const noexcept {
    return (kinds_.load(std::memory_order_relaxed) & bit(kind)) != 0;
  }

  std::atomic<TraceRing*> recording_{nullptr};  // control → any thread; null: off
  std::atomic<std::uint32_t> kinds_{0};         // control → any thread, before recording_
  hal::Mutex mutex_;                            // control threads alone
  // Made by the first start(), then kept; and of its drops, those before the last start().
  std::unique_ptr<TraceRing> ring_ GUARDED_BY(mutex_);
  std::uint64_t dropped_before_ GUARDED_BY(mutex_) = 0;
};

/// A slot's way to its table's trace.
struct StreamTrace {
  Trace* trace = nullptr;  // null: the slot is in no table
  std::uint16_t slot = kNoSlot;

  REFWAVE_AUDIO_THREAD void note(TraceKind kind, std::uint32_t block) const noexcept {
    if (is_tracing() && trace != nullptr) [[unlikely]]
      trace->record_now(kind, slot, block);
  }
  /// Effects: as note(), for a time that the caller has read from the clock anyway.
  REFWAVE_AUDIO_THREAD void note_at(std::int64_t ns, TraceKind kind, std::uint32_t block) const noexcept {
    if (is_tracing() && trace != nullptr) [[unlikely]]
      trace->record(ns, kind, slot, block);
  }
};

}  // namespace refwave::core
