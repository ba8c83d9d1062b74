// Time stamps of a block's life, on request (REFWAVE_TRACE_START). Otherwise a point is one relaxed load.
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

/// As REFWAVE_TRACE_* of refwave.h, which says what each means; new ones come last.
enum class TraceKind : std::uint16_t {
  written = 1,
  period_begin,
  started,
  finished,
  released,
  rendered,
  wake_sent,
  wake_spared,
  role_taken,
  claimed,
  calling,
  called,
  period_end,
  device_lost,
  device_serves,
  ready,
};

inline constexpr std::uint16_t kNoSlot = 0xFFFF;

/// Running traces in this module. Control → any thread; relaxed, because each trace also checks its own ring.
inline constinit std::atomic<std::uint32_t> traces_running{0};

REFWAVE_AUDIO_THREAD inline bool is_tracing() noexcept {
  return traces_running.load(std::memory_order_relaxed) != 0;
}

class Trace {
 public:
  ~Trace() { stop(); }

  /// Thread: any.
  REFWAVE_AUDIO_THREAD void note(TraceKind kind, std::uint16_t slot = kNoSlot,
                                 std::uint32_t block = 0) noexcept {
    if (is_tracing()) [[unlikely]]
      record_now(kind, slot, block);
  }

  /// Events that may wait for the reader; further ones are dropped.
  static constexpr std::uint32_t kCapacity = 1U << 16;

  /// A set of kinds has the bit of each kind's number.
  static constexpr std::uint32_t kAllKinds = ~std::uint32_t{0};
  static constexpr std::uint32_t bit(TraceKind kind) noexcept {
    return std::uint32_t{1} << static_cast<unsigned>(kind);
  }

  /// Effects: discards earlier events, and records these kinds. Thread: control. Throws std::bad_alloc.
  void start(std::uint32_t kinds = kAllKinds);
  /// Effects: recorded events can still be read. Thread: control.
  void stop() noexcept;
  /// Effects: takes the oldest events. `dropped`: since start(). Returns: how many. Thread: control.
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
  hal::Mutex mutex_;                            // control threads only
  // Made by the first start(), then kept; and its drops before the last start().
  std::unique_ptr<TraceRing> ring_ GUARDED_BY(mutex_);
  std::uint64_t dropped_before_ GUARDED_BY(mutex_) = 0;
};

/// A slot's access to its table's trace.
struct StreamTrace {
  Trace* trace = nullptr;  // null: the slot is in no table
  std::uint16_t slot = kNoSlot;

  REFWAVE_AUDIO_THREAD void note(TraceKind kind, std::uint32_t block) const noexcept {
    if (is_tracing() && trace != nullptr) [[unlikely]]
      trace->record_now(kind, slot, block);
  }
  /// With a time that the caller has already read.
  REFWAVE_AUDIO_THREAD void note_at(std::int64_t ns, TraceKind kind, std::uint32_t block) const noexcept {
    if (is_tracing() && trace != nullptr) [[unlikely]]
      trace->record(ns, kind, slot, block);
  }
};

enum class Tracing : std::uint8_t { off, on };

/// Returns: picoseconds per point: a loop with points less one without. Thread: control; some milliseconds.
std::int64_t trace_cost_ps(Tracing tracing);

}  // namespace refwave::core
