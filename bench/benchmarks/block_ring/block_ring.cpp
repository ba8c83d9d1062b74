// The cost of handing the driver's block descriptor on, by BlockRing and by a queue that a driver could use
// instead: push and pop on one thread, and a round trip between two cores.
#include <atomic>
#include <boost/lockfree/spsc_queue.hpp>
#include <memory>
#include <thread>

#include "bench/benchmarks/common/machine.h"
#include "bench/benchmarks/common/samples.h"
#include "driver/core/ring/block_ring.h"
#include "hal/system/threads.h"

namespace refwave::bench {
namespace {

using Item = core::Block;
constexpr std::uint32_t kCapacity = 256;  // as `ring` of the configuration

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

/// The queue that is compared, with the same two functions, the same item (core::Block, the driver's real
/// descriptor) and the same room.
class BoostSpscQueue {
 public:
  static constexpr const char* kName = "boost_spsc_queue";
  bool push(const Item& item) { return queue_.push(item); }
  bool pop(Item& item) { return queue_.pop(item); }

 private:
  boost::lockfree::spsc_queue<Item, boost::lockfree::capacity<kCapacity>> queue_;
};

// The number of events in one sample, which is their mean, because each is shorter than a read of the clock.
// The queues have room for all of them.
constexpr std::size_t kPairs = 250;
constexpr std::size_t kTrips = 100;
static_assert(kPairs <= kCapacity);

template <typename Queue>
std::string named(const char* what) {
  return std::string("block_ring/") + what + "/" + Queue::kName;
}

/// Returns: a block as a write makes it; each has another number.
[[gnu::always_inline]] inline Item block(std::uint64_t number) {
  static std::byte samples[64];
  return {.header = reinterpret_cast<core::ClientHeader*>(samples),
          .data = samples,
          .frames = static_cast<std::uint32_t>(number),
          .done_flags = core::kPrepared | core::kDone,
          .end_frame = number};
}

/// Effects: makes the compiler keep the members that the audio thread and the notifier read of a block.
void use(const Item& item) {
  asm volatile("" : : "r"(item.header), "r"(item.data), "r"(item.frames), "r"(item.end_frame));
}

// Inlined, so that the block can be made directly in the queue's memory, as the driver does.
template <typename Queue>
[[gnu::always_inline]] inline void push_until_taken(Queue& queue, const Item& item) {
  while (!queue.push(item)) hal::relax();  // waits as a spinning thread does
}

template <typename Queue>
[[gnu::always_inline]] inline void pop_until_there(Queue& queue, Item& item) {
  while (!queue.pop(item)) hal::relax();
  use(item);
}

/// One thread, one item in the queue: the cost of the instructions when no cache line moves.
template <typename Queue>
void add_push_pop() {
  add(named<Queue>("push_pop"), kPairs, [](benchmark::State&) {
    return [made = std::make_unique<Queue>(), number = std::uint64_t{0}]() mutable {
      Queue* queue = made.get();        // in a register, as `this` is in the driver
      benchmark::DoNotOptimize(queue);  // other threads might see the queue, as in the driver
      Item item;
      const double ns = loop_ns(kPairs, [&] {
        push_until_taken(*queue, block(number++));
        pop_until_there(*queue, item);
      });
      if constexpr (requires { queue->settle(); }) queue->settle();
      return ns;
    };
  });
}

/// A thread on the far core that sends each block back. A block with loops stops it.
template <typename Queue>
class Echo {
 public:
  Echo() : thread_([this] { send_back(); }) {}
  ~Echo() {
    push_until_taken(to, {.loops = 1});
    thread_.join();
  }

  Queue to;
  Queue from;

 private:
  void send_back() {
    pin_to(cores().far);
    for (Item item;;) {
      pop_until_there(to, item);
      if (item.loops != 0) return;
      push_until_taken(from, item);
    }
  }
  std::thread thread_;
};

template <typename Queue>
void add_round_trip() {
  add(named<Queue>("round_trip"), kTrips, [](benchmark::State&) {
    return [echo = std::make_unique<Echo<Queue>>(), number = std::uint64_t{0}]() mutable {
      Item item;
      return loop_ns(kTrips, [&] {
        push_until_taken(echo->to, block(number++));
        pop_until_there(echo->from, item);
      });
    };
  });
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave::bench;
  add_push_pop<BlockRing>();
  add_push_pop<BlockRingPlayed>();
  add_push_pop<BoostSpscQueue>();
  add_round_trip<BlockRing>();
  add_round_trip<BoostSpscQueue>();
  return run(argc, argv);
}
