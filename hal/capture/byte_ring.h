// A bounded queue of bytes from one thread to one other thread. Neither side locks, waits or allocates. Its
// memory is allocated and touched from the start.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

#include "dsp/audio_thread.h"
#include "hal/system/cache_line.h"

namespace refwave::hal {

class ByteRing {
 public:
  /// Holds at least `bytes` bytes (rounded up to a power of two).
  explicit ByteRing(std::size_t bytes) : store_(std::bit_ceil(bytes)), mask_(store_.size() - 1) {}

  /// Effects: takes all of `bytes`, or nothing. Returns: whether it took them. Thread: the producer.
  REFWAVE_AUDIO_THREAD bool write(std::span<const std::byte> bytes) noexcept {
    const std::size_t at = written_.load(std::memory_order_relaxed);
    // Pairs with read()'s release.
    const std::size_t used = at - read_.load(std::memory_order_acquire);
    if (bytes.size() > store_.size() - used) return false;
    const std::size_t first = std::min(bytes.size(), store_.size() - (at & mask_));
    std::memcpy(store_.data() + (at & mask_), bytes.data(), first);
    std::memcpy(store_.data(), bytes.data() + first, bytes.size() - first);
    // Pairs with read()'s acquire.
    written_.store(at + bytes.size(), std::memory_order_release);
    return true;
  }

  /// Effects: moves as many bytes as there are and fit into `out`. Returns: how many. Thread: the consumer.
  std::size_t read(std::span<std::byte> out) noexcept {
    const std::size_t at = read_.load(std::memory_order_relaxed);
    // Pairs with write()'s release.
    const std::size_t there = written_.load(std::memory_order_acquire) - at;
    const std::size_t count = std::min(there, out.size());
    const std::size_t first = std::min(count, store_.size() - (at & mask_));
    std::memcpy(out.data(), store_.data() + (at & mask_), first);
    std::memcpy(out.data() + first, store_.data(), count - first);
    // Pairs with write()'s acquire.
    read_.store(at + count, std::memory_order_release);
    return count;
  }

 private:
  std::vector<std::byte> store_;
  std::size_t mask_;
  alignas(kCacheLine) std::atomic<std::size_t> written_{0};
  alignas(kCacheLine) std::atomic<std::size_t> read_{0};
};

}  // namespace refwave::hal
