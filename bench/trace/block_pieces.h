// From a trace's events to the pieces of buffer-done latency, block by block. The stamps of the driver's
// threads and of the client are put together by stream and number. Each thread's events must come in their
// order, as REFWAVE_TRACE_READ gives them. Nothing else about the order matters, and the client's events
// may come first. Pure; one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "driver/winmm/refwave.h"

namespace refwave::trace {

/// What the client itself saw of one message.
struct ClientStamp {
  std::uint16_t slot = 0;       // REFWAVE_STATISTICS::dwSlot of the stream
  std::uint32_t block = 0;      // the n-th that it wrote, from 0
  std::int64_t entered_ns = 0;  // the callback's first instruction
  std::int64_t left_ns = 0;     // and its last one
};

/// How the period that finished a block made sure that a thread notifies the client.
enum class WakeOf : std::uint8_t { nobody, spared, sent };

/// The times of one block, in ns of the monotonic clock; 0: not stamped (the trace began later).
struct BlockLife {
  std::uint16_t slot = 0;
  std::uint32_t block = 0;
  std::int64_t written_ns = 0;
  std::int64_t started_ns = 0;  // of a loop: the last pass
  std::int64_t finished_ns = 0;
  std::int64_t released_ns = 0;
  std::int64_t rendered_ns = 0;   // the period that finished it was done
  std::int64_t signalled_ns = 0;  // and the audio thread had woken somebody, or found that it need not
  std::int64_t role_ns = 0;       // the notifier that notified the client was last woken
  std::int64_t claimed_ns = 0;    // and found the stream; 0: notified on the audio thread
  std::int64_t calling_ns = 0;
  std::int64_t called_ns = 0;
  std::int64_t entered_ns = 0;  // the client's
  std::int64_t left_ns = 0;
  std::uint64_t telling_thread = 0;
  WakeOf wake = WakeOf::nobody;
};

/// Buffer-done latency in the order in which it passes. Each is 0 or more, and together they are the time
/// from the block's last frame to the client's first instruction.
enum class Piece : std::uint8_t {
  release,          // its header is flagged, and the notifiers' to see
  mixing,           // the rest of the period: other streams, encoding
  wake,             // until a notifier is awake for it: woken, or back from where it was
  notifier,         // until DriverCallback: find, hand the role on; other clients that come before
  driver_callback,  // until the client's first instruction
};
inline constexpr std::size_t kPieces = 5;
inline constexpr std::string_view kPieceNames[kPieces] = {"release", "mixing", "wake", "notifier",
                                                          "DriverCallback"};

/// Returns: the pieces in ns, by Piece. Threads may overlap: a notifier that is awake may find the block
/// before the period is over. The time then belongs to the first of them.
std::array<std::int64_t, kPieces> pieces_of(const BlockLife& life);

class BlockLives {
 public:
  void add(const REFWAVE_TRACE_EVENT& event);
  void add(const ClientStamp& stamp);

  /// Returns: the blocks that have become complete since the last call. Blocks that a reset or a close
  /// returned are not among them.
  std::vector<BlockLife> take() { return std::exchange(complete_, {}); }
  /// Returns: how many lives are whole and not yet taken.
  std::size_t whole() const { return complete_.size(); }
  /// Returns: blocks of which something was lost, or that were delivered before the trace began.
  std::uint64_t incomplete() const { return incomplete_; }

 private:
  /// Stream and number.
  using Key = std::pair<std::uint16_t, std::uint32_t>;
  struct Thread {
    bool in_period = false;
    std::vector<Key> finished;  // in this period; another stream may have the slot by now
    std::int64_t role_ns = 0;
    std::map<std::uint16_t, std::int64_t> claimed_ns;  // by slot
  };
  struct Growing {
    BlockLife life;
    const Thread* finished_by = nullptr;
    bool period_is_over = false;
    bool is_returned = false;  // by a reset or a close, not played: it never becomes whole
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
