// An audio thread stops inside a stream and is taken for dead. A fresh half takes the place of the one that
// it works with, the queued headers are given back, and the stream plays on. Then the thread wakes up in the
// half that it has lost, or never.
#include <array>
#include <atomic>
#include <cstddef>

#include "hal/system/cache_line.h"
#include "hal/system/thread_id.h"
#include "tests/memory_model/checker/hooks/system.h"
#include "tests/memory_model/scenarios/one_driver.h"

namespace refwave::memory_model {
namespace {

/// Where the audio thread stops. A look at the lock and the steps after it, up to the next access to a
/// client's memory, to a cursor or to the lock, are one step here, as in tests/models/audio_half.pml.
class Stopped : public OneDriver {
 public:
  void finish() override {
    expect(told_ == written_, "every header is told once");
    expect(!first().delivery.is_busy() && !context_.table->ready.any(), "nobody delivers, and nothing waits");
    for (std::size_t i = 0; i < written_; ++i)
      expect(!is_taken_back_ || !headers_.is_done(i), "nobody flags a header that was given back");
  }

 protected:
  explicit Stopped(std::uint32_t ring, hal::Direction direction = kOutput) : OneDriver({}, direction, ring) {
    allow_long_naps(true);
    daemon("audio", [this] {
      periods(6);
      has_ended_.store(true, std::memory_order_relaxed);
    });
  }
  enum class At : std::uint8_t { data, lock, half, cursor, counter, word, clock };
  static constexpr std::size_t kPlaces = 7;
  /// Without the clock, which would be asked in vain, and for long, as often as the scenario looks.
  static constexpr std::size_t kPlacesOfManyLooks = 6;

  void stop_at(At where) {
    core::BlockRing& ring = first().audio().ring();
    // The last two lines of a ring are the cursors `released` and `notified`.
    const auto* const released = reinterpret_cast<std::byte*>(&ring + 1) - 2 * hal::kCacheLine;
    switch (where) {
      case At::data:
        return falls_asleep("audio", headers_.data.data(), 16, 1 + choose(4));
      case At::lock:
        return falls_asleep("audio", &first().lock, sizeof first().lock, 1 + choose(8));
      case At::half:
        return falls_asleep("audio", &first().half, sizeof first().half, 1 + choose(2));
      case At::cursor:
        return falls_asleep("audio", released, sizeof(std::uint64_t), 1 + choose(8));
      case At::clock:
        // The sequence, before and after a period's position.
        return falls_asleep("audio", first().clock.load(), sizeof(std::uint32_t), 1 + choose(4));
      case At::counter:
        return falls_asleep("audio", &first().counters.periods, 8, 1 + choose(4));
      case At::word:
        return falls_asleep("audio", &first().delivery, sizeof first().delivery, 1 + choose(2));
    }
  }
  void stop_anywhere(std::size_t places = kPlaces) { stop_at(static_cast<At>(choose(places))); }
  void wait_for_stop() {
    while (!is_asleep() && !has_ended_.load(std::memory_order_relaxed)) pause();
  }
  core::Stream& first() { return context_.table->streams[0]; }
  bool was_replaced() { return first().lost() != 0; }
  /// The client has all of them back, and uses them for something else.
  void take_headers_back() {
    for (std::size_t i = 0; i < written_; ++i) core::store_flags(headers_.header[i], core::kPrepared);
    is_taken_back_ = true;
  }
  void close() {
    // It waits for the last callback as long as that takes.
    allow_long_naps(false);
    // A thread that is just between the flag and the cursor has a header that is queued.
    while (streams_->close(handle_, direction_) == core::Error::still_playing) {
      streams_->reset(handle_, direction_);
      pause();
    }
    expect(is_closed_, "told of the close");
  }
  void open_next() {
    is_closed_ = false;
    open();
    expect(control::slot_of(handle_) == 0, "the place serves the next stream");
    ask();
    close();
  }
  /// A thread that wakes up may still read the client's data.
  bool data_are_back() const override { return false; }
  /// Two headers are queued, the thread stops, and a reset finds it dead.
  void reset_the_dead() {
    write();
    write();
    wait_for_stop();
    ask();
    streams_->reset(handle_, direction_);
    expect(flagged() == written_, "a reset finishes what is queued, whoever has died");
    position_ = 0;
    ask();
  }
  /// The position, which goes back at a reset alone.
  void ask() {
    control::Position position;
    if (streams_->position(handle_, direction_, position) != core::Error::none) return;
    expect(position.frames >= position_, "a position does not go back");
    position_ = position.frames;
  }
  bool tick() override {
    static_cast<void>(is_asleep());
    streams_->do_housekeeping();
    return false;
  }

  /// A look at all streams takes many steps, so it comes not in each tick.
  bool tick_engine() {
    if (first().overdue.load(std::memory_order_relaxed) != 0 || choose(8) == 0) streams_->do_housekeeping();
    return engine_->tick(hal::monotonic_now_ns());
  }

  std::atomic<bool> has_ended_{false};  // the audio thread
  bool is_taken_back_ = false;
  std::uint64_t position_ = 0;  // the client's
};

/// A reset finds the thread dead, and replaces the half. The client goes on with the stream, closes it, and
/// opens another one.
class ReplacedByReset final : public Stopped {
 public:
  ReplacedByReset() : Stopped(2) {
    stop_anywhere();
    const bool wakes_early = choose(2) == 0;
    const bool wakes_late = choose(2) == 0;
    thread("client", [this, wakes_early, wakes_late] {
      client_.store(hal::this_thread_id(), std::memory_order_relaxed);
      reset_the_dead();
      if (wakes_early) wake_up();
      if (choose(2) == 0) let_holder_go();
      write();
      write();
      ask();
      streams_->reset(handle_, direction_);
      let_holder_go();
      close();
      take_headers_back();
      if (!wakes_late) wake_up();
      position_ = 0;
      open_next();
      wake_up();
    });
  }

 private:
  /// The holder may be inside for as long as the resets take.
  void inside() override {
    while (!may_go_.load(std::memory_order_relaxed) &&
           client_.load(std::memory_order_relaxed) != hal::this_thread_id())
      pause();
  }
  void let_holder_go() { may_go_.store(true, std::memory_order_relaxed); }
  std::atomic<std::uintptr_t> client_{0};
  std::atomic<bool> may_go_{choose(2) == 0};
};
const Registered<ReplacedByReset> by_reset("streams_replaced",
                                           "a thread wakes up in a half that it has lost");

/// The engine finds the device dead, and the thread in the stream when it has another device. The housekeeper
/// replaces the half, and the next device plays on.
class ReplacedByEngine : public Stopped {
 public:
  ReplacedByEngine() : Stopped(2) {
    stop_anywhere(kPlacesOfManyLooks);
    const std::size_t wakes_after = choose(4);
    thread("client", [this] {
      for (int i = 0; i < 3; ++i) write();
      wait_until_flagged();
      if (resets_) {
        streams_->reset(handle_, direction_);
        position_ = 0;
      }
      for (int i = 0; i < 2; ++i) write();
      wait_until_flagged();
      close();
      take_headers_back();
      is_over_.store(true, std::memory_order_relaxed);
    });
    thread("clock", [this, wakes_after] {
      for (std::size_t i = 0; !is_over_.load(std::memory_order_relaxed); ++i) {
        if (wakes_after != 3 && i == wakes_after * 16) wake_up();
        periods(1);
      }
      wake_up();
    });
  }

 private:
  void wait_until_flagged() {
    std::size_t before = 0;
    while (before < written_) {
      before = flagged();
      ask();
      if (!resets_) expect(position_ >= 4 * before, "a header that is done has been played");
      pause();
    }
  }
  bool tick() override {
    static_cast<void>(is_asleep());
    return tick_engine();
  }
  const bool resets_ = choose(4) == 0;
  std::atomic<bool> is_over_{false};
};
const Registered<ReplacedByEngine> by_engine(
    "streams_dead", "the same; the engine finds it, the housekeeper replaces, and another device plays on");

/// A reset replaces the half while the engine fetches the streams that a dead device has left behind.
class ReplacedByBoth final : public Stopped {
 public:
  ReplacedByBoth() : Stopped(2) {
    stop_at(choose(2) == 0 ? At::data : At::lock);
    thread("client", [this] {
      reset_the_dead();
      write();
      while (flagged() < written_) pause();
      close();
      is_over_.store(true, std::memory_order_relaxed);
    });
    thread("clock", [this] {
      while (!is_over_.load(std::memory_order_relaxed)) periods(1);
      wake_up();
    });
  }

 private:
  bool tick() override {
    static_cast<void>(is_asleep());
    return tick_engine();
  }
  std::atomic<bool> is_over_{false};
};
const Registered<ReplacedByBoth> by_both("streams_replaced_twice",
                                         "a reset and the engine find the same thread");

/// The page of a header does not arrive: the thread stops at the flag itself, after its look at the lock. It
/// may flag a header that was given back, and nothing else.
class HeaderMissing final : public Stopped {
 public:
  HeaderMissing() : Stopped(2) {
    const std::size_t which = choose(2);
    falls_asleep("audio",
                 reinterpret_cast<std::byte*>(&headers_.header[which]) + offsetof(core::ClientHeader, flags),
                 1, 1);
    const bool wakes_early = choose(2) == 0;
    thread("client", [this, wakes_early] {
      reset_the_dead();
      if (wakes_early) wake_up();
      write();
      write();
      streams_->reset(handle_, direction_);
      wake_up();
      streams_->reset(handle_, direction_);
      close();
    });
  }
};
const Registered<HeaderMissing> header_missing("streams_header_missing",
                                               "a thread that stops at the flag does no other harm");

/// A recording: the thread stops where it fills the client's memory, or at the header's count of bytes. A
/// reset or a stop finds it dead, and the client records on.
class Recorded final : public Stopped {
 public:
  Recorded() : Stopped(2, kInput) {
    core::ClientHeader& header = headers_.header[choose(2)];
    if (choose(2) == 0) {
      falls_asleep("audio", &header.bytes_recorded, sizeof header.bytes_recorded, 1);
    } else {
      stop_at(choose(2) == 0 ? At::data : At::lock);
    }
    const bool wakes_early = choose(2) == 0;
    thread("client", [this, wakes_early] {
      write();
      write();
      streams_->run(handle_, kInput);
      wait_for_stop();
      if (choose(2) == 0) streams_->stop(handle_);
      streams_->reset(handle_, kInput);
      expect(flagged() == written_, "a reset finishes what is queued, whoever has died");
      if (wakes_early) wake_up();
      write();
      streams_->run(handle_, kInput);
      streams_->reset(handle_, kInput);
      close();
      wake_up();
    });
  }
};
const Registered<Recorded> recorded("streams_replaced_record", "the same, of a recording");

/// The thread stops after the last header was released: a close loses the half with it, and the next stream
/// has the place. The thread wakes up in between, or in the next stream's time.
class Lost final : public Stopped {
 public:
  Lost() : Stopped(2) {
    constexpr std::array kAfterwards{At::lock, At::clock, At::counter, At::word};
    stop_at(kAfterwards[choose(kAfterwards.size())]);
    if (choose(2) == 0) context_.table->trace.start();
    const std::size_t wakes = choose(3);
    thread("client", [this, wakes] {
      write();
      write();
      wait_for_stop();
      while (streams_->close(handle_, direction_) == core::Error::still_playing) {
        streams_->reset(handle_, direction_);
        pause();
      }
      expect(is_closed_, "told of the close");
      if (wakes == 0) wake_up();
      is_closed_ = false;
      open();
      if (wakes == 1) wake_up();
      position_ = 0;
      ask();
      write();
      streams_->reset(handle_, direction_);
      close();
      wake_up();
    });
  }
};
const Registered<Lost> lost("streams_lost_half", "a close that loses a half; the next stream in the place");

/// Messages of a half that was lost come before those of the fresh one, also those of headers that waited
/// outside the ring. The holder is slow, or is a reset.
class InOrder final : public Stopped {
 public:
  InOrder() : Stopped(2) {
    stop_at(choose(2) == 0 ? At::data : At::cursor);
    thread("client", [this] {
      for (int i = 0; i < 4; ++i) write();
      wait_for_stop();
      streams_->reset(handle_, direction_);
      for (int i = 0; i < 2; ++i) write();
      streams_->reset(handle_, direction_);
      allow_long_naps(false);
      streams_->close(handle_, direction_);
      expect(told_ == written_, "a close delivers what is left");
      wake_up();
    });
  }

 private:
  void inside() override {
    if (told_ % 2 == 0) pause();
  }
};
const Registered<InOrder> in_order("streams_replaced_order", "messages over two halves come in order");

}  // namespace
}  // namespace refwave::memory_model
