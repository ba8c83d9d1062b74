// The ring of blocks between a client and the audio thread: a bounded power-of-two ring with four cursors.
//
//   written   the writers', under the stream's mutex
//   play      the next block to render or fill; the lock's owner's; moves back where a loop repeats
//   released  blocks before it are finished, their headers DONE; the lock's owner's, until it is sealed
//   notified  blocks before it have had their message; the messages' owner's
//
// notified <= released <= play <= written, modulo 2^32. Each shared cursor has its own cache line.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "driver/core/ring/client_header.h"
#include "dsp/audio_thread.h"
#include "hal/system/cache_line.h"

namespace refwave::core {

/// What led to the write of a block after the stream ran dry, by the writer. In µs, which wrap after 71 min.
struct Prompt {
  std::uint32_t written_at = 0;  // by the monotonic clock; 0: not known
  // After the newest message's block was done:
  std::uint32_t notifier = 0;   // until a notifier came,
  std::uint32_t callbacks = 0;  // then until the callbacks before it had returned,
  std::uint32_t program = 0;    // then until the write
};

/// A queued header, with what the audio thread needs from it, read once at the write.
struct Block {
  ClientHeader* header = nullptr;
  std::byte* data = nullptr;
  std::uint32_t frames = 0;
  std::uint32_t done_flags = 0;  // the header's flags once it is finished
  std::uint32_t loops = 0;       // passes of the loop that begins here
  bool begins_loop = false;
  bool ends_loop = false;
  bool in_callback = false;  // it was written inside the stream's own callback; only with a prompt
  Prompt prompt{};
  std::uint64_t end_frame = 0;   // the stream's position after its last frame
  std::int64_t finished_ns = 0;  // monotonic time of its release; 0: not timed
};

class BlockRing {
 public:
  using Cursor = std::uint32_t;

  /// `capacity`: a power of two up to 2^31. Thread: control. Throws std::bad_alloc.
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

  /// Errors: false if the ring is full.
  bool push(const Block& block) noexcept {
    const Cursor here = written_.load(std::memory_order_relaxed);
    if (here - notified_seen_ > mask_) {
      // Acquire: pairs with take(). The entry has been read.
      notified_seen_ = notified_.load(std::memory_order_acquire);
      if (here - notified_seen_ > mask_) return false;
    }
    at(here) = block;
    // Release: pairs with playing() and written(). The entry is whole.
    written_.store(here + 1, std::memory_order_release);
    return true;
  }
  /// Kept: today's callers hold the writers' mutex; a caller without it would need the order.
  Cursor written() const noexcept { return written_.load(std::memory_order_acquire); }

  // --- the lock's owner ---

  /// Returns: the next block to render or fill, or null.
  REFWAVE_AUDIO_THREAD Block* playing() noexcept {
    // A local copy: after an acquire load the compiler would have to reload the member.
    const Cursor here = play_;
    if (here == written_seen_) {
      // Acquire: pairs with push().
      const Cursor written = written_.load(std::memory_order_acquire);
      if (here == written) return nullptr;
      written_seen_ = written;
    }
    return &at(here);
  }
  REFWAVE_AUDIO_THREAD Cursor play() const noexcept { return play_; }
  /// `cursor`: from released() to one after the block that playing() returned.
  REFWAVE_AUDIO_THREAD void set_play(Cursor cursor) noexcept { play_ = cursor; }
  /// Returns: the cursor after the last written block.
  REFWAVE_AUDIO_THREAD Cursor skip_all() noexcept {
    // Acquire: pairs with push().
    play_ = written_seen_ = written_.load(std::memory_order_acquire);
    return play_;
  }
  REFWAVE_AUDIO_THREAD Cursor released() const noexcept {
    return cursor_of(released_.load(std::memory_order_relaxed));
  }
  /// Effects: passes the oldest block to the messages' owner. Errors: false if the ring is sealed.
  REFWAVE_AUDIO_THREAD bool release_one() noexcept {
    std::uint64_t here = released_.load(std::memory_order_relaxed);
    // Release: pairs with queued() and has_released(): a thread that sees the cursor sees the flags. An
    // exchange, so that a thread whose lock was seized cannot move it.
    return here < kSealed &&
           released_.compare_exchange_strong(here, Cursor(here + 1), std::memory_order_release,
                                             std::memory_order_relaxed);
  }
  /// Effects: release_one() fails from now on. Thread: control, which has seized the lock.
  Cursor seal() noexcept {
    // Acquire: sees what the stuck thread has finished.
    return cursor_of(released_.fetch_or(kSealed, std::memory_order_acquire));
  }
  /// Effects: releases all blocks of a sealed ring. Thread: as seal().
  void release_sealed() noexcept {
    // Release: as release_one().
    released_.store(kSealed | written_.load(std::memory_order_relaxed), std::memory_order_release);
  }

  /// Returns: whether a written block is not released. Exact under mutex and lock, else advisory.
  bool queued() const noexcept {
    const Cursor released = cursor_of(released_.load(std::memory_order_acquire));
    return released != written_.load(std::memory_order_relaxed);
  }

  // --- the messages' owner ---

  Cursor notified() const noexcept { return notified_.load(std::memory_order_relaxed); }
  /// Acquire: pairs with release_one().
  REFWAVE_AUDIO_THREAD bool has_released() const noexcept {
    return cursor_of(released_.load(std::memory_order_acquire)) != notified_.load(std::memory_order_relaxed);
  }
  /// Returns: a copy of the next released block, which must exist; its entry is then free.
  REFWAVE_AUDIO_THREAD Block take() noexcept {
    const Cursor here = notified_.load(std::memory_order_relaxed);
    const Block block = at(here);
    // Release: pairs with push().
    notified_.store(here + 1, std::memory_order_release);
    return block;
  }

 private:
  /// One cache line per block, so that neighbours never contend. Blocks on the stack are unpadded.
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
