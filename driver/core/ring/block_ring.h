// The ring of blocks between a client and the audio thread: a bounded power-of-two ring and its four cursors.
//
//   written   clients push here, under the stream's mutex
//   play      the next block to render or fill; the lock's owner alone; moves back where a loop begins again
//   released  blocks before it are finished, their headers DONE; the lock's owner alone, until it is sealed
//   notified  blocks before it have had their message; the messages' owner alone
//
// notified <= released <= play <= written, modulo 2^32. Each shared cursor has one writer at a time and its
// own cache line. The ring knows nothing of headers' flags, loops or messages.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "driver/core/ring/client_header.h"
#include "dsp/audio_thread.h"
#include "hal/system/cache_line.h"

namespace refwave::core {

/// What led to the write of a block, if the stream had run dry by then; else nothing. In µs, which wrap
/// around after 71 minutes. Its writer fills it in.
struct Prompt {
  std::uint32_t written_at = 0;  // by the monotonic clock; 0: nothing is known
  // The newest message before: from its block's end until a notifier came, until the callbacks before had
  // returned, and from then until the write.
  std::uint32_t notifier = 0;
  std::uint32_t callbacks = 0;
  std::uint32_t program = 0;
};

/// One queued header, and the values of it that the audio thread needs. They are read once, at the write.
struct Block {
  ClientHeader* header = nullptr;
  std::byte* data = nullptr;
  std::uint32_t frames = 0;
  std::uint32_t done_flags = 0;  // what the header's flags become when it is finished
  std::uint32_t loops = 0;       // passes of the loop that begins here
  bool begins_loop = false;
  bool ends_loop = false;
  bool in_callback = false;  // it was written inside the stream's own callback; only with a prompt
  Prompt prompt{};
  std::uint64_t end_frame = 0;   // the stream's position after its last frame
  std::int64_t finished_ns = 0;  // monotonic time of its release; 0: it is not timed
};

class BlockRing {
 public:
  using Cursor = std::uint32_t;

  /// `capacity`: blocks, a power of two up to 2^31. `first`: where the cursors start.
  /// Thread: control. Throws std::bad_alloc.
  explicit BlockRing(std::uint32_t capacity, Cursor first = 0)
      : places_(std::make_unique<Place[]>(capacity)),
        mask_(capacity - 1),
        written_(first),
        notified_seen_(first),
        play_(first),
        written_seen_(first),
        released_(first),
        notified_(first) {}

  std::uint32_t capacity() const noexcept { return mask_ + 1; }
  REFWAVE_AUDIO_THREAD Block& at(Cursor cursor) noexcept { return places_[cursor & mask_].block; }

  // --- writers, under the stream's mutex ---

  /// Returns: false if the ring is full, and then nothing has changed.
  bool push(const Block& block) noexcept {
    // Only writers store it.
    const Cursor here = written_.load(std::memory_order_relaxed);
    if (here - notified_seen_ > mask_) {
      // Pairs with take(): the notifier has read the entry.
      notified_seen_ = notified_.load(std::memory_order_acquire);
      if (here - notified_seen_ > mask_) return false;
    }
    at(here) = block;
    // Release: pairs with playing() and written(). The entry is whole.
    written_.store(here + 1, std::memory_order_release);
    return true;
  }
  /// Kept: today's callers hold the writers' mutex. One without it would need the order.
  Cursor written() const noexcept { return written_.load(std::memory_order_acquire); }

  // --- the lock's owner ---

  /// Returns: the block to render or fill next, or null if no written block is left.
  REFWAVE_AUDIO_THREAD Block* playing() noexcept {
    // A local copy: after an acquire load the compiler would have to reload the member.
    const Cursor here = play_;
    if (here == written_seen_) {
      // Pairs with push().
      const Cursor written = written_.load(std::memory_order_acquire);
      if (here == written) return nullptr;
      written_seen_ = written;
    }
    return &at(here);
  }
  REFWAVE_AUDIO_THREAD Cursor play() const noexcept { return play_; }
  /// `cursor`: from released to one after the block that playing() last returned.
  REFWAVE_AUDIO_THREAD void set_play(Cursor cursor) noexcept { play_ = cursor; }
  /// Effects: skips every written block. Returns: the cursor after the last of them.
  REFWAVE_AUDIO_THREAD Cursor skip_all() noexcept {
    // Pairs with push().
    play_ = written_seen_ = written_.load(std::memory_order_acquire);
    return play_;
  }
  REFWAVE_AUDIO_THREAD Cursor released() const noexcept {
    return cursor_of(released_.load(std::memory_order_relaxed));
  }
  /// Effects: the first block that is not released is the messages' owner's. Its header is DONE already.
  /// Returns: false if the ring is sealed, and then nothing has changed.
  REFWAVE_AUDIO_THREAD bool release_one() noexcept {
    std::uint64_t here = released_.load(std::memory_order_relaxed);
    // Release: pairs with queued() and has_released(). A thread that sees the cursor sees the flags. An
    // exchange instead of a store, so that a thread whose lock was seized does not move it.
    return here < kSealed &&
           released_.compare_exchange_strong(here, Cursor(here + 1), std::memory_order_release,
                                             std::memory_order_relaxed);
  }
  /// Effects: release_one() has no effect any more. Returns: released(). Thread: control, which has seized
  /// the lock.
  Cursor seal() noexcept {
    // Acquire: what the thread that was inside has finished.
    return cursor_of(released_.fetch_or(kSealed, std::memory_order_acquire));
  }
  /// Effects: all blocks of a sealed ring are released. Thread: as seal().
  void release_sealed() noexcept {
    // Release: as release_one().
    released_.store(kSealed | written_.load(std::memory_order_relaxed), std::memory_order_release);
  }

  /// Returns: whether a written block is not yet released. Exact under the mutex and the lock, else advisory.
  bool queued() const noexcept {
    const Cursor released = cursor_of(released_.load(std::memory_order_acquire));
    return released != written_.load(std::memory_order_relaxed);
  }

  // --- the messages' owner ---

  Cursor notified() const noexcept { return notified_.load(std::memory_order_relaxed); }
  /// Returns: whether there is a released block to take. Acquire: pairs with release().
  REFWAVE_AUDIO_THREAD bool has_released() const noexcept {
    return cursor_of(released_.load(std::memory_order_acquire)) != notified_.load(std::memory_order_relaxed);
  }
  /// Returns: a copy of the next released block, which must be there; its entry in the ring is free from then
  /// on.
  REFWAVE_AUDIO_THREAD Block take() noexcept {
    // Only the owner stores it.
    const Cursor here = notified_.load(std::memory_order_relaxed);
    const Block block = at(here);
    // Pairs with push().
    notified_.store(here + 1, std::memory_order_release);
    return block;
  }

 private:
  /// One cache line for each block, so that the writer of a block and the reader of its neighbour never wait
  /// for each other. The padding is here and not in Block, because stacks hold copies of Block.
  struct alignas(hal::kCacheLine) Place {
    Block block;
  };

  static constexpr std::uint64_t kSealed = std::uint64_t{1} << 32;
  static constexpr Cursor cursor_of(std::uint64_t word) noexcept { return static_cast<Cursor>(word); }

  std::unique_ptr<Place[]> places_;
  const std::uint32_t mask_;
  alignas(hal::kCacheLine) std::atomic<Cursor> written_;
  Cursor notified_seen_;  // the writers' copy of notified_
  alignas(hal::kCacheLine) Cursor play_;
  Cursor written_seen_;                                           // the lock owner's copy of written_
  alignas(hal::kCacheLine) std::atomic<std::uint64_t> released_;  // the cursor, and kSealed
  alignas(hal::kCacheLine) std::atomic<Cursor> notified_;
};

}  // namespace refwave::core
