// The housekeeper and the device thread: what is asked of them against their end, and what they do for an
// engine.
#include <array>
#include <atomic>
#include <memory>

#include "driver/engine/device_thread.h"
#include "driver/engine/housekeeper.h"
#include "hal/system/owned_thread.h"
#include "tests/memory_model/scenarios/one_driver.h"

namespace refwave::memory_model {
namespace {

// --- the device thread alone ---

/// Two threads post tasks, and a third ends the thread meanwhile. What a task owns is freed with it, and may
/// post as well.
class Posted final : public Play {
  struct Farewell {
    explicit Farewell(engine::DeviceThread& thread) : device(thread) {}
    ~Farewell() {
      device.post([] {});
    }
    Farewell(const Farewell&) = delete;
    Farewell& operator=(const Farewell&) = delete;
    engine::DeviceThread& device;
  };

 public:
  Posted() {
    begin_doubles();
    thread("first", [this] { post(0); });
    thread("second", [this] { post(1); });
    thread("ender", [this] {
      device_->end();
      if (hal::abandoned_threads() == 0) check_end();
      device_->end();
    });
  }
  void finish() override {
    for (const Side& side : sides_) expect(side.ran == side.posted, "what was posted has run");
    expect(ran_ == sides_[0].posted + sides_[1].posted, "one task at a time");
    expect(used_.use_count() == 1, "a task that has run is gone");
  }

 private:
  struct Side {
    std::size_t posted = 0;  // by the side's own thread
    std::size_t ran = 0;     // by the device thread
  };
  void post(std::size_t number) {
    Side& side = sides_[number];
    for (std::size_t i = 0; i < 2; ++i) {
      const bool taken =
          device_->post([this, &side, i, used = used_, farewell = std::make_shared<Farewell>(*device_)] {
            expect(side.ran == i, "in the order of the posts");
            ++side.ran;
            ++ran_;
          });
      if (!taken) {
        expect(!device_->post([] { expect(false, "a task after the end"); }), "no way back");
        return;
      }
      ++side.posted;
    }
  }
  /// A post that comes from here on is refused, so the thread's memory is the caller's.
  void check_end() {
    const std::size_t ran = ran_;
    pause();
    expect(ran_ == ran, "nothing runs after the end");
    ran_ = ran;
  }
  std::unique_ptr<engine::DeviceThread> device_ = std::make_unique<engine::DeviceThread>();
  std::shared_ptr<int> used_ = std::make_shared<int>(0);
  std::array<Side, 2> sides_;
  std::size_t ran_ = 0;  // by the device thread
};
const Registered<Posted> posted("keeper_post", "each task that is taken runs once, and none after the end");

/// A device call hangs. Whoever ends the thread gives it up, and everything goes away. Then the call returns.
class Hung final : public Play {
 public:
  Hung() {
    begin_doubles();
    thread("owner", [this] {
      auto used = std::make_shared<int>(1);
      device_->post([this, used] {
        hangs_.store(true, std::memory_order_relaxed);
        while (!is_back_.load(std::memory_order_relaxed)) pause();
        ran_ += *used;
      });
      device_->post([this, used] { ran_ += *used; });
      used.reset();
      if (choose(2) == 0) {
        while (!hangs_.load(std::memory_order_relaxed)) pause();
      }
      device_.reset();
      expect(hal::abandoned_threads() == 1, "the thread is given up and counted");
      is_back_.store(true, std::memory_order_relaxed);
    });
  }
  void finish() override { expect(ran_ == 2, "what was posted runs, though late"); }

 private:
  std::unique_ptr<engine::DeviceThread> device_ = std::make_unique<engine::DeviceThread>();
  std::atomic<bool> hangs_{false};
  std::atomic<bool> is_back_{false};
  int ran_ = 0;  // by the device thread
};
const Registered<Hung> hung("keeper_hang", "a device call that returns after its thread was given up");

// --- the housekeeper alone ---

/// Who wakes the housekeeper has a whole tick afterwards, in which it sees what was done before.
class Woken final : public Play {
 public:
  Woken() {
    begin_doubles();
    static_cast<void>(keeper_.ensure());
    thread("first", [this] { ask(0); });
    thread("second", [this] { ask(1); });
  }
  void finish() override {
    for (const Asked& asked : asked_)
      expect(asked.seen.load(std::memory_order_relaxed) == 2, "a tick comes after each wake-up");
  }

 private:
  struct Asked {
    std::atomic<int> wish{0};
    std::atomic<int> seen{0};  // the housekeeper's
  };
  void ask(std::size_t number) {
    for (int i = 1; i <= 2; ++i) {
      // The wake-up orders it.
      asked_[number].wish.store(i, std::memory_order_relaxed);
      keeper_.wake();
    }
    // Time passes only while somebody waits, and a tick comes 10 ms after the one before.
    while (asked_[number].seen.load(std::memory_order_relaxed) != 2) pause();
  }
  bool tick() {
    for (Asked& asked : asked_)
      asked.seen.store(asked.wish.load(std::memory_order_relaxed), std::memory_order_relaxed);
    return false;
  }
  std::array<Asked, 2> asked_;
  engine::Housekeeper keeper_{[this] { return tick(); }};
};
const Registered<Woken> woken("keeper_wake", "a tick comes after each wake-up");

/// The first open starts the housekeeper, several threads at a time, and the driver ends meanwhile.
class Started final : public Play {
 public:
  Started() {
    begin_doubles();
    thread("first", [this] { start(); });
    thread("second", [this] { start(); });
    thread("ender", [this] {
      keeper_.end();
      if (hal::abandoned_threads() != 0) return;
      const int ticks = ticks_;
      expect(!keeper_.ensure().ok(), "no thread starts after the end");
      keeper_.wake();
      pause();
      expect(ticks_ == ticks, "no tick after the end");
      ticks_ = ticks;
    });
  }
  void finish() override { expect(!is_ticking_, "every tick has returned"); }

 private:
  void start() {
    static_cast<void>(keeper_.ensure());
    keeper_.wake();
  }
  bool tick() {
    expect(!is_ticking_, "one housekeeper at a time");
    is_ticking_ = true;
    ++ticks_;
    pause();
    is_ticking_ = false;
    return ticks_ < 3;
  }
  bool is_ticking_ = false;
  int ticks_ = 0;  // the housekeeper's, and after its end the ender's
  engine::Housekeeper keeper_{[this] { return tick(); }};
};
const Registered<Started> started("keeper_end", "one housekeeper at a time, and none after the end");

// --- with an engine ---

/// The driver ends while its device is being started: the steps of Driver::end().
class Ended final : public OneDriver {
 public:
  Ended() : OneDriver({}, kOutput, 2) {
    thread("client", [this] {
      write();
      write();
      streams_->close_all();
      notifiers_->end();
      housekeeper_.end();
      context_.device_thread->end();
      engine_.reset();
      if (hal::abandoned_threads() == 0) expect(watched_.expired(), "nobody uses the engine any more");
      expect(is_closed_, "told of the close");
    });
    thread("audio", [] { periods(3); });
  }
  void finish() override {
    expect(flagged() == written_ && told_ == written_, "every header is back");
    expect(!has_running_device(), "no device runs on");
  }

 private:
  bool tick() override {
    const auto engine = watched_.lock();
    return engine && engine->tick(hal::monotonic_now_ns());
  }
  const std::weak_ptr<engine::Engine> watched_{engine_};
};
const Registered<Ended> ended("streams_end", "the driver ends while its device is being started");

/// The device is lost at any moment, the clocked device takes over, and the device comes back.
class Lost final : public OneDriver {
 public:
  Lost() : OneDriver({}, kOutput, 2) {
    thread("client", [this] {
      write();
      write();
      while (flagged() < written_) pause();
      engine_->retry_at_once();  // as DRV_POWER does
      while (engine_->statistics().returns == 0) pause();
      write();
      while (flagged() < written_) pause();
      is_over_.store(true, std::memory_order_relaxed);
    });
    thread("audio", [this] {
      const std::size_t before = choose(3);
      bool is_lost = false;
      for (std::size_t period = 0; !is_over_.load(std::memory_order_relaxed); ++period) {
        is_lost = is_lost || (period >= before && lose_device());
        periods(1);
      }
    });
  }
  void finish() override {
    OneDriver::finish();
    expect(engine_->has_device(), "a device serves");
  }

 private:
  bool tick() override { return engine_->tick(hal::monotonic_now_ns()); }
  std::atomic<bool> is_over_{false};
};
const Registered<Lost> lost("streams_lost", "a device is lost, the clock takes over, and it comes back");

}  // namespace
}  // namespace refwave::memory_model
