// The cost of handing the driver's block descriptor on, by BlockRing and by the queues that a driver could
// use instead: push and pop on one thread, a round trip between two cores, and a stream of blocks from one
// core to the other at full speed.
#include <array>
#include <atomic>
#include <memory>
#include <thread>

#include "bench/block_ring/queues.h"
#include "bench/common/machine.h"
#include "bench/common/run.h"
#include "bench/common/samples.h"
#include "hal/system/threads.h"

namespace refwave::bench {
namespace {

// The number of events in one sample, which is their mean, because each is shorter than a read of the clock.
// The queues have room for all of them.
constexpr std::size_t kPairs = 250;
constexpr std::size_t kTrips = 100;
constexpr std::size_t kHandedOver = 100'000;
static_assert(kPairs <= kCapacity);

template <typename Queue>
std::string named(const char* what) {
  return std::string("block_ring/") + what + "/queue:" + Queue::kName;
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

/// The origin of the pushed item. `fresh`: it was made just before, as in a write. `stored`: it has lain in
/// memory. The difference matters, because a queue that copies a fresh item in wide words waits for its
/// narrow stores.
enum class From { fresh, stored };

/// One thread, one item in the queue: the cost of the instructions when no cache line moves.
template <typename Queue, From from>
void push_pop(benchmark::State& state, const std::string& name) {
  const auto made = std::make_unique<Queue>();
  Queue* queue = made.get();        // in a register, as `this` is in the driver
  benchmark::DoNotOptimize(queue);  // other threads might see the queue, as in the driver
  Samples samples(name, most_iterations(state));
  std::array<Item, 16> stored;
  for (std::size_t i = 0; i < stored.size(); ++i) stored[i] = block(i);
  Item item;
  std::uint64_t number = 0;
  for (auto _ : state) {
    samples.add(loop_ns(kPairs, [&] {
      if constexpr (from == From::fresh)
        push_until_taken(*queue, block(number));
      else
        push_until_taken(*queue, stored[number % stored.size()]);
      ++number;
      pop_until_there(*queue, item);
    }));
    if constexpr (requires { queue->settle(); }) queue->settle();
  }
  samples.report(state);
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
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;

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
void round_trip(benchmark::State& state, const std::string& name) {
  const auto echo = std::make_unique<Echo<Queue>>();
  Samples samples(name, most_iterations(state));
  Item item;
  std::uint64_t number = 0;
  for (auto _ : state) {
    samples.add(loop_ns(kTrips, [&] {
      push_until_taken(echo->to, block(number++));
      pop_until_there(echo->from, item);
    }));
  }
  samples.report(state);
}

/// A thread on the far core that pushes as fast as the queue takes it.
template <typename Queue>
class Source {
 public:
  Source() : thread_([this] { pour(); }) {}
  ~Source() {
    stop_ = true;
    thread_.join();
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  Queue queue;

 private:
  void pour() {
    pin_to(cores().far);
    for (std::uint64_t number = 0; !stop_.load(std::memory_order_relaxed);) {
      if (queue.push(block(number))) ++number;
    }
  }
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

/// A sample is the time for each item in ns. Neither side pauses, so both run at full speed.
template <typename Queue>
void throughput(benchmark::State& state, const std::string& name) {
  const auto source = std::make_unique<Source<Queue>>();
  Samples samples(name, most_iterations(state));
  Item item;
  std::uint64_t expected = 0;
  bool in_order = true;
  for (auto _ : state) {
    samples.add(loop_ns(kHandedOver, [&] {
      while (!source->queue.pop(item)) {
      }
      use(item);
      in_order &= item.end_frame == expected++;
    }));
  }
  if (!in_order) state.SkipWithError("items came out of order");
  state.counters["items_per_second_p50"] = 1e9 / samples.percentile(0.5);
  samples.report(state);
}

template <typename... Queues>
void register_single() {
  (add(named<Queues>("push_pop") + "/item:fresh", push_pop<Queues, From::fresh>), ...);
  (add(named<Queues>("push_pop") + "/item:stored", push_pop<Queues, From::stored>), ...);
}

template <typename... Queues>
void register_across() {
  (add(named<Queues>("round_trip"), round_trip<Queues>), ...);
  (add(named<Queues>("throughput"), throughput<Queues>), ...);
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave::bench;
  register_single<BlockRing, BlockRingPlayed, BoostSpscQueue, TwoBoostSpscQueues, ReaderWriterQueue,
                  ConcurrentQueue, ConcurrentQueueWithTokens, PortAudioRing>();
  register_across<BlockRing, BoostSpscQueue, ReaderWriterQueue, ConcurrentQueue, ConcurrentQueueWithTokens,
                  PortAudioRing>();
  return run(argc, argv);
}
