// A bounded ring of events, of a trace or gaps: any thread records, one reads. Recording is two atomic
// additions, and never waits. An event without room is dropped and counted.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "dsp/audio_thread.h"
#include "hal/system/cache_line.h"
#include "hal/system/threads.h"

namespace refwave::core {

/// See trace.h.
struct TraceEvent {
  std::int64_t ns = 0;       // on the monotonic clock
  std::uint64_t thread = 0;  // hal::this_thread_id()
  std::uint32_t block = 0;   // the block's number in its stream, or as the kind says
  std::uint16_t slot = 0;    // the stream's; kNoSlot
  std::uint16_t kind = 0;    // a TraceKind
};

/// Many recorders, one reader.
template <class Event>
class EventRing {
 public:
  /// `capacity`: a power of two up to 2^31. Thread: control. Throws std::bad_alloc.
  explicit EventRing(std::uint32_t capacity)
      : cells_(std::make_unique<Cell[]>(capacity)), capacity_(capacity) {}

  /// Effects: keeps the event, in the order of this thread's, or drops it. Thread: any, wait-free.
  REFWAVE_AUDIO_THREAD void record(const Event& event) noexcept {
    // Acquire: pairs with read()'s subtraction, which frees cells; recorders continue its release sequence.
    if (used_.fetch_add(1, std::memory_order_acquire) >= capacity_) {
      used_.fetch_sub(1, std::memory_order_relaxed);
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    // Acquire-release: pairs with itself. Threads may take numbers in another order than they found room, so
    // this cell may have been freed after this thread checked; a later number sees what earlier ones saw.
    const std::uint32_t number = tail_.fetch_add(1, std::memory_order_acq_rel);
    Cell& cell = cells_[number & (capacity_ - 1)];
    cell.event = event;
    // Release: pairs with read(). The event is complete.
    cell.filled.store(number + 1, std::memory_order_release);
  }

  /// Effects: takes the oldest complete events. Returns: how many. Thread: one at a time.
  std::size_t read(std::span<Event> events) noexcept {
    std::size_t count = 0;
    for (; count < events.size(); ++count, ++head_) {
      const Cell& cell = cells_[head_ & (capacity_ - 1)];
      // Acquire: pairs with record().
      if (cell.filled.load(std::memory_order_acquire) != head_ + 1) break;
      events[count] = cell.event;
    }
    // Release: pairs with record(). The cells are free.
    used_.fetch_sub(static_cast<std::uint32_t>(count), std::memory_order_release);
    return count;
  }

  /// Thread: any.
  std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

 private:
  struct Cell {
    Event event;
    /// The event's number plus one, modulo 2^32; 0: never filled. Its recorder → the reader.
    std::atomic<std::uint32_t> filled{0};
  };

  const std::unique_ptr<Cell[]> cells_;
  const std::uint32_t capacity_;
  // Cells in use, and for a moment also those that recorders request. Recorders add, the reader subtracts.
  alignas(hal::kCacheLine) std::atomic<std::uint32_t> used_{0};
  std::atomic<std::uint32_t> tail_{0};     // recorders: the next event's number
  std::atomic<std::uint64_t> dropped_{0};  // recorders → the reader
  alignas(hal::kCacheLine) std::uint32_t head_ = 0;
};

using TraceRing = EventRing<TraceEvent>;

}  // namespace refwave::core
