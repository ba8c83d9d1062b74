// The queues that are compared, each with the same two functions and the same item: core::Block, the
// driver's real descriptor. Each has room for kCapacity items, and was allocated before the measurement.
#pragma once

#include <concurrentqueue/concurrentqueue.h>
#include <readerwriterqueue/readerwriterqueue.h>

#include <boost/lockfree/spsc_queue.hpp>
#include <vector>

#include "bench/portaudio/parts.h"
#include "driver/core/ring/block_ring.h"

namespace refwave::bench {

using Item = core::Block;
inline constexpr std::uint32_t kCapacity = 256;  // as `ring` of the configuration

/// The whole cost of one block in the driver: two hand-overs, from write to play, and from release to the
/// message. The consumer does the last three steps, as the audio thread does under `completion = direct`.
class BlockRing {
 public:
  static constexpr const char* kName = "BlockRing";
  bool push(const Item& item) noexcept { return ring_.push(item); }
  bool pop(Item& item) noexcept {
    if (ring_.playing() == nullptr) return false;
    ring_.set_play(ring_.play() + 1);
    ring_.release_one();
    item = ring_.take();
    return true;
  }

 private:
  core::BlockRing ring_{kCapacity};
};

/// The first hand-over alone, from write to play, as a queue does it. settle() does the second hand-over
/// later.
class BlockRingPlayed {
 public:
  static constexpr const char* kName = "BlockRing_played";
  bool push(const Item& item) noexcept { return ring_.push(item); }
  bool pop(Item& item) noexcept {
    const core::BlockRing::Cursor here = ring_.play();
    const Item* const playing = ring_.playing();
    if (playing == nullptr) return false;
    item = *playing;
    ring_.set_play(here + 1);
    return true;
  }
  /// Effects: makes room. Must be called at least once in kCapacity items.
  void settle() noexcept {
    while (ring_.released() != ring_.play()) ring_.release_one();
    while (ring_.notified() != ring_.released()) ring_.take();
  }

 private:
  core::BlockRing ring_{kCapacity};
};

class BoostSpscQueue {
 public:
  static constexpr const char* kName = "boost_spsc_queue";
  bool push(const Item& item) { return queue_.push(item); }
  bool pop(Item& item) { return queue_.pop(item); }

 private:
  boost::lockfree::spsc_queue<Item, boost::lockfree::capacity<kCapacity>> queue_;
};

/// The replacement for BlockRing's two hand-overs: a queue to the audio thread, and a second queue back.
class TwoBoostSpscQueues {
 public:
  static constexpr const char* kName = "boost_spsc_queue_twice";
  bool push(const Item& item) { return written_.push(item); }
  bool pop(Item& item) { return written_.pop(item) && finished_.push(item) && finished_.pop(item); }

 private:
  BoostSpscQueue written_;
  BoostSpscQueue finished_;
};

class ReaderWriterQueue {
 public:
  static constexpr const char* kName = "ReaderWriterQueue";
  bool push(const Item& item) { return queue_.try_enqueue(item); }
  bool pop(Item& item) { return queue_.try_dequeue(item); }

 private:
  moodycamel::ReaderWriterQueue<Item> queue_{kCapacity};
};

class ConcurrentQueue {
 public:
  static constexpr const char* kName = "ConcurrentQueue";
  bool push(const Item& item) { return queue_.try_enqueue(item); }
  bool pop(Item& item) { return queue_.try_dequeue(item); }

 private:
  moodycamel::ConcurrentQueue<Item> queue_{4 * kCapacity, 0, 2};
};

class ConcurrentQueueWithTokens {
 public:
  static constexpr const char* kName = "ConcurrentQueue_tokens";
  bool push(const Item& item) { return queue_.try_enqueue(producer_, item); }
  bool pop(Item& item) { return queue_.try_dequeue(consumer_, item); }

 private:
  moodycamel::ConcurrentQueue<Item> queue_{4 * kCapacity, 2, 0};
  moodycamel::ProducerToken producer_{queue_};
  moodycamel::ConsumerToken consumer_{queue_};
};

class PortAudioRing {
 public:
  static constexpr const char* kName = "PaUtilRingBuffer";
  PortAudioRing() : items_(kCapacity) {
    PaUtil_InitializeRingBuffer(&ring_, sizeof(Item), kCapacity, items_.data());
  }
  PortAudioRing(const PortAudioRing&) = delete;
  PortAudioRing& operator=(const PortAudioRing&) = delete;
  bool push(const Item& item) { return PaUtil_WriteRingBuffer(&ring_, &item, 1) == 1; }
  bool pop(Item& item) { return PaUtil_ReadRingBuffer(&ring_, &item, 1) == 1; }

 private:
  PortAudioObject ring_;
  std::vector<Item> items_;
};

}  // namespace refwave::bench
