// The common part of waveOut and waveIn for a client with equal blocks: format, headers, and the callback
// that counts returned blocks by two atomic operations, so it suits both kinds of completion. One thread at a
// time sends blocks, and one reports their return; the rest is the main thread's.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "driver/abi/windows_headers.h"
#include "driver/winmm/refwave.h"
#include "dsp/format.h"
#include "hal/system/semaphore.h"
#include "inf/cli/console/running_time.h"

namespace refwave::cli {

/// Returns: the format for the wave functions; wFormatTag and cbSize say how much of it is used. 8 and 16
/// bits in one or two channels are plain PCM, which every driver takes.
WAVEFORMATEXTENSIBLE wave_format(const dsp::Format& format);

struct Block {
  std::vector<std::byte> memory;
  WAVEHDR header{};
  std::int64_t returned_ns = 0;  // when it last came back, on the monotonic clock
};

/// Blocks return in the order in which they were sent, so two counters are enough.
class BlockQueue {
 public:
  using Semaphore = moodycamel::LightweightSemaphore;

  BlockQueue(std::size_t blocks, std::size_t block_bytes);
  /// Precondition: no block is prepared or sent.
  void set_block_bytes(std::size_t bytes);
  /// Precondition: no block was ever sent.
  void set_blocks(std::size_t blocks);

  bool has_block() const { return outstanding() < blocks_.size(); }
  /// Returns: the block to send next. Precondition: has_block().
  Block& next() { return blocks_[static_cast<std::size_t>(sent() % blocks_.size())]; }
  /// Effects: counts next() as sent. Call it before the driver gets the block.
  void mark_sent() { sent_.store(sent() + 1, std::memory_order_relaxed); }
  /// Effects: undoes mark_sent(), if the driver refused the block.
  void unmark_sent() { sent_.store(sent() - 1, std::memory_order_relaxed); }
  std::size_t outstanding() const { return static_cast<std::size_t>(sent() - returned()); }
  std::uint64_t sent() const { return sent_.load(std::memory_order_relaxed); }
  std::uint64_t returned() const { return returned_.load(std::memory_order_acquire); }
  std::span<Block> blocks() { return blocks_; }
  /// Returns: the block that comes back next, if the driver has any.
  Block& coming() { return blocks_[static_cast<std::size_t>(returned() % blocks_.size())]; }

  /// Effects: counts a block that returned at `now_ns`, and wakes the waiting thread. Thread: the callback's.
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

/// Returns: how many blocks to have in flight: what the device takes or delivers at once, the one that plays,
/// and the one being filled; at least those that there are, which are enough if that is no more than a block.
/// `device`: nothing if unknown.
std::size_t enough_blocks(BlockQueue& queue, const dsp::Format& format,
                          const std::optional<REFWAVE_STATISTICS>& device);

/// Detects a device that no longer takes or delivers audio.
class Watchdog {
 public:
  /// Returns: whether `position` has not changed for five seconds of this program's running time.
  bool is_stalled(std::uint64_t position);

 private:
  std::uint64_t position_ = 0;
  RunningTime since_;
};

/// A wait for a block, between two checks of Ctrl-C and the watchdog.
inline constexpr std::int64_t kWaitMicroseconds = 50'000;

}  // namespace refwave::cli
