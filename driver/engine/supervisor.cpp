#include "driver/engine/supervisor.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include <concurrentqueue/concurrentqueue.h>

#include "driver/engine/engine.h"
#include "hal/system/clock.h"
#include "hal/system/semaphore.h"

namespace refwave::engine {
namespace {

constexpr std::int64_t kTickNs = 10'000'000;

}  // namespace

struct Supervisor::Shared {
  std::function<bool()> tick;
  // Weak, so that a request that is never taken keeps no engine alive.
  moodycamel::ConcurrentQueue<std::weak_ptr<Engine>> starts;
  moodycamel::LightweightSemaphore changed{0, 0};
  std::atomic<bool> ending{false};  // end() → supervisor
};

Supervisor::Supervisor(std::function<bool()> tick) : shared_(std::make_shared<Shared>()) {
  shared_->tick = std::move(tick);
}

void Supervisor::end(std::chrono::milliseconds patience) {
  const hal::MutexLock lock(starting_);
  // Relaxed: the signal comes later.
  shared_->ending.store(true, std::memory_order_relaxed);
  shared_->changed.signal();
  thread_.join(patience);
}

hal::Status Supervisor::ensure() {
  const hal::MutexLock lock(starting_);
  if (thread_.running()) return {};
  if (shared_->ending.load(std::memory_order_relaxed)) return hal::Status::failure("the driver has ended");
  return thread_.start("refwave-super", 0, [shared = shared_] { run(*shared); });
}

void Supervisor::request_start(std::weak_ptr<Engine> engine) {
  shared_->starts.enqueue(std::move(engine));
  wake();
}

void Supervisor::wake() { shared_->changed.signal(); }

void Supervisor::run(Shared& shared) {
  bool watching = false;
  std::int64_t next_ns = 0;  // of the next tick; the engines count ticks as time
  // Relaxed: it only ends the loop.
  while (!shared.ending.load(std::memory_order_relaxed)) {
    std::weak_ptr<Engine> wanted;
    while (shared.starts.try_dequeue(wanted)) {
      if (const auto engine = wanted.lock()) engine->post_start();
    }
    const std::int64_t now_ns = hal::monotonic_now_ns();
    if (now_ns >= next_ns) {
      watching = shared.tick();
      next_ns = now_ns + kTickNs;
    } else {
      // Woken before a tick is due, which may be needed.
      watching = true;
    }
    if (watching) {
      shared.changed.wait(std::max<std::int64_t>(0, next_ns - hal::monotonic_now_ns()) / 1'000 + 1);
    } else {
      shared.changed.wait();
    }
  }
}

}  // namespace refwave::engine
