// What waveOut and waveIn have in common for a client with a fixed number of equal blocks: their format, the
// headers, the callback that counts the blocks that come back, and the wait for the next one. The callback
// makes two atomic operations, so it suits both kinds of completion. One thread at a time sends blocks, and
// one reports that they came back; the rest is the main thread's.
#pragma once

#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <concurrentqueue/concurrentqueue.h>
// lightweightsemaphore.h wants concurrentqueue.h first.
#include <concurrentqueue/lightweightsemaphore.h>

#include "driver/abi/windows_headers.h"
#include "dsp/format.h"
#include "inf/cli/console/running_time.h"

namespace refwave::cli {

/// Returns: the format as the wave functions want it. The first member says how much of the structure is used
/// (wFormatTag, cbSize). 8 and 16 bits in one or two channels stay plain PCM, because every driver takes
/// that.
WAVEFORMATEXTENSIBLE wave_format(const dsp::Format& format);

/// One block: its memory and its header.
struct Block {
  std::vector<std::byte> memory;
  WAVEHDR header{};
  float peak = 0;                // of what the client put in
  std::int64_t returned_ns = 0;  // when it last came back, on the monotonic clock
};

/// Blocks go to the driver and come back in their order, so two counters say where each is.
class BlockQueue {
 public:
  using Semaphore = moodycamel::LightweightSemaphore;

  BlockQueue(std::size_t blocks, std::size_t block_bytes);
  /// Effects: the blocks have that length. Precondition: the driver has none of them, prepared or sent.
  void set_block_bytes(std::size_t bytes);
  /// Effects: there are so many blocks, of the same length. Precondition: the driver has and had none of
  /// them.
  void set_blocks(std::size_t blocks);

  /// Returns: whether the client has the oldest block: it was never sent, or has come back since.
  bool has_block() const { return outstanding() < blocks_.size(); }
  /// Returns: the block that goes next. Precondition: has_block().
  Block& next() { return blocks_[static_cast<std::size_t>(sent() % blocks_.size())]; }
  /// Effects: counts next() as sent. Call it before the driver hears of the block.
  void mark_sent() { sent_.store(sent() + 1, std::memory_order_relaxed); }
  /// Effects: undoes mark_sent(), if the driver refused the block.
  void unmark_sent() { sent_.store(sent() - 1, std::memory_order_relaxed); }
  /// Returns: how many blocks the driver has.
  std::size_t outstanding() const { return static_cast<std::size_t>(sent() - returned()); }
  std::uint64_t sent() const { return sent_.load(std::memory_order_relaxed); }
  std::uint64_t returned() const { return returned_.load(std::memory_order_acquire); }
  std::span<Block> blocks() { return blocks_; }
  /// Returns: the block that comes back next, if the driver has any.
  Block& coming() { return blocks_[static_cast<std::size_t>(returned() % blocks_.size())]; }

  /// Effects: from the callback: one block is back since `now_ns`, and the thread that waits on `semaphore`
  /// wakes up.
  void mark_returned(Semaphore& semaphore, std::int64_t now_ns) {
    coming().returned_ns = now_ns;  // the callbacks of a stream come one after the other
    // Pairs with the loads of returned_: the block is the client's.
    returned_.fetch_add(1, std::memory_order_release);
    semaphore.signal();
  }

 private:
  std::vector<Block> blocks_;
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> returned_{0};
};

/// Returns: how many blocks to have in flight: what the device takes at once, the block that plays, and the
/// one that is being filled; at least `least`. A device that takes no more than a block needs no more than
/// that.
std::size_t enough_blocks(std::size_t least, std::size_t block_frames, double taken_at_once);

/// Notices a device that no longer takes or gives audio.
class Watchdog {
 public:
  /// Returns: whether `position` has not changed for five seconds in which this program ran. Call it often.
  bool is_stalled(std::uint64_t position);

 private:
  std::uint64_t position_ = 0;
  RunningTime since_;
};

/// How long a wait for a block lasts before Ctrl-C and the watchdog are looked at.
inline constexpr std::int64_t kWaitMicroseconds = 50'000;

}  // namespace refwave::cli
