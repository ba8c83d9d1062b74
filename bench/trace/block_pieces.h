// From a trace's events to the pieces of buffer-done latency, block by block. Joins the stamps of the
// driver's threads and of the client by stream and number. Each thread's events must come in order, as
// REFWAVE_TRACE_READ returns them; the threads' order does not matter, and the client's events may come
// first. Pure; one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "driver/winmm/refwave.h"

namespace refwave::trace {

/// The client's own stamps of a call about a block: its callback, or its waveOutWrite.
struct ClientStamp {
  std::uint16_t slot = 0;       // REFWAVE_STATISTICS::dwSlot of the stream
  std::uint32_t block = 0;      // counted from 0, in the order of the writes
  std::int64_t entered_ns = 0;  // its first instruction
  std::int64_t left_ns = 0;     // its last; of a callback as entered_ns
};

/// The times of one block, in ns of the monotonic clock; 0: not stamped (the trace began later).
struct BlockLife {
  std::uint16_t slot = 0;
  std::uint32_t block = 0;
  std::int64_t written_ns = 0;
  std::int64_t started_ns = 0;  // of a loop: the last pass
  std::int64_t finished_ns = 0;
  std::int64_t released_ns = 0;
  std::int64_t rendered_ns = 0;  // its period was rendered
  std::int64_t role_ns = 0;      // the client's notifier was last woken
  std::int64_t claimed_ns = 0;   // that notifier found the stream; 0: notified on the audio thread
  std::int64_t calling_ns = 0;
  std::int64_t called_ns = 0;
  std::int64_t entered_ns = 0;  // the client's
};

/// The pieces of buffer-done latency, in order. Each is 0 or more; their sum is the time from the block's
/// last frame to the client's first instruction.
enum class Piece : std::uint8_t {
  release,          // until its header is flagged, and notifiers can see it
  mixing,           // the rest of the period: other streams, encoding
  wake,             // until a notifier is awake for it: woken, or back from another client
  notifier,         // until DriverCallback: it finds the stream, gives the role up, calls earlier clients
  driver_callback,  // until the client's first instruction
};
inline constexpr std::size_t kPieces = 5;
inline constexpr std::string_view kPieceNames[kPieces] = {"release", "mixing", "wake", "notifier",
                                                          "DriverCallback"};

/// Returns: the pieces in ns, by Piece. Pieces may overlap, when an awake notifier finds the block before the
/// period is over. The time then belongs to the earlier piece.
std::array<std::int64_t, kPieces> pieces_of(const BlockLife& life);

class BlockLives {
 public:
  void add(const REFWAVE_TRACE_EVENT& event);
  void add(const ClientStamp& stamp);

  /// Returns: the blocks that became complete since the last call, without those that a reset or a close
  /// returned.
  std::vector<BlockLife> take() { return std::exchange(complete_, {}); }
  /// Returns: how many complete blocks take() would return.
  std::size_t whole() const { return complete_.size(); }
  /// Returns: blocks with a lost event, or that were delivered before the trace began.
  std::uint64_t incomplete() const { return incomplete_; }

 private:
  /// Stream and number.
  using Key = std::pair<std::uint16_t, std::uint32_t>;
  struct Thread {
    bool in_period = false;
    std::vector<Key> finished;  // in this period; another stream may own the slot by now
    std::int64_t role_ns = 0;
    std::map<std::uint16_t, std::int64_t> claimed_ns;  // by slot
  };
  struct Growing {
    BlockLife life;
    const Thread* finished_by = nullptr;
    bool period_is_over = false;
    bool is_returned = false;  // by a reset or a close, not played: it never becomes complete
  };
  Growing& block_of(Key key);
  void pass_period(const REFWAVE_TRACE_EVENT& event, Thread& thread);
  void write(Key key, std::int64_t now_ns);
  void finish(Key key, std::int64_t now_ns, Thread& thread);
  void release(Key last, std::int64_t now_ns);
  void call(const REFWAVE_TRACE_EVENT& event, const Thread& thread);
  void complete_if_whole(Key key);

  std::map<std::uint64_t, Thread> threads_;
  std::map<Key, Growing> blocks_;
  std::vector<BlockLife> complete_;
  std::uint64_t incomplete_ = 0;
};

}  // namespace refwave::trace
