#include "driver/engine/housekeeper.h"

#include <utility>

#include "driver/engine/engine.h"

namespace refwave::engine {
namespace {

constexpr std::int64_t kTickUs = 10'000;

}  // namespace

struct Housekeeper::Shared {
  std::function<bool()> tick;  // returns whether any device is open
  // Many client threads, one housekeeper; the order among them does not matter, which is what this queue is
  // for. Weak: what nobody takes out any more must not keep an engine, and its device, beyond the end.
  moodycamel::ConcurrentQueue<std::weak_ptr<Engine>> starts;
  moodycamel::LightweightSemaphore changed{0, 0};
  std::atomic<bool> ending{false};  // end() → housekeeper
};

Housekeeper::Housekeeper(std::function<bool()> tick) : shared_(std::make_shared<Shared>()) {
  shared_->tick = std::move(tick);
}

void Housekeeper::end() {
  const std::lock_guard lock(starting_);
  shared_->ending.store(true, std::memory_order_release);  // pairs with run()
  shared_->changed.signal();
  thread_.join();
}

std::string Housekeeper::ensure() {
  const std::lock_guard lock(starting_);
  if (thread_.running()) return {};
  if (shared_->ending.load(std::memory_order_relaxed)) return "the driver has ended";
  return thread_.start("refwave-keeper", 0, [shared = shared_] { run(*shared); });
}

void Housekeeper::request_start(std::weak_ptr<Engine> engine) {
  shared_->starts.enqueue(std::move(engine));
  wake();
}

void Housekeeper::wake() { shared_->changed.signal(); }

void Housekeeper::run(Shared& shared) {
  bool watching = false;
  while (!shared.ending.load(std::memory_order_acquire)) {  // pairs with end()
    std::weak_ptr<Engine> wanted;
    while (shared.starts.try_dequeue(wanted)) {
      if (const auto engine = wanted.lock()) engine->post_start();
    }
    watching = shared.tick();
    if (watching) {
      shared.changed.wait(kTickUs);
    } else {
      shared.changed.wait();
    }
  }
}

}  // namespace refwave::engine
