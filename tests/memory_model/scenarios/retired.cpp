// An audio thread stops inside a stream and is taken for dead. Its slot is retired, and the client goes on.
// Then the thread wakes up in the retired slot, or never.
#include <atomic>

#include "hal/system/thread_id.h"
#include "tests/memory_model/checker/hooks/system.h"
#include "tests/memory_model/scenarios/driver_room.h"

namespace refwave::memory_model {
namespace {

/// Where the audio thread stops. The looks at the seat and the steps after them are one step here, as in
/// tests/models/retired_seat.pml: the exception of driver/README.md.
class Stopped : public OneDriver {
 public:
  void finish() override {
    expect(told_ == written_, "every header is told once");
    expect(!was_retired_ || first().is_retired(), "a retired seat stays retired");
    expect(first().pending.load() == 0 && !room_.table->ready.any(), "nothing is pending");
    for (std::size_t i = 0; i < written_; ++i)
      expect(!is_taken_back_ || !headers_.is_done(i), "nobody flags a header that was given back");
  }

 protected:
  explicit Stopped(std::uint32_t ring) : OneDriver({}, kOutput, ring) {
    allow_long_naps(true);
    daemon("audio", [this] {
      periods(6);
      has_ended_.store(true, std::memory_order_relaxed);
    });
  }
  /// In the client's memory, before a look at the seat, or after the stream's turn.
  void stop_anywhere() {
    const std::size_t where = choose(3);
    if (where == 0) falls_asleep("audio", headers_.data.data(), 16, 1 + choose(4));
    if (where == 1) falls_asleep("audio", &first().seat, sizeof first().seat, 1 + choose(8));
    if (where == 2) falls_asleep("audio", &first().counters.periods, 8, 1 + choose(4));
  }
  void wait_for_stop() {
    while (!is_asleep() && !has_ended_.load(std::memory_order_relaxed)) pause();
  }
  core::Stream& first() { return room_.table->streams[0]; }
  /// The client has all of them back, and uses them for something else.
  void take_headers_back() {
    for (std::size_t i = 0; i < written_; ++i) core::store_flags(headers_.header[i], core::kPrepared);
    is_taken_back_ = true;
  }
  void close() {
    // It waits for the last callback as long as that takes.
    allow_long_naps(false);
    // A thread that is just between the flag and the cursor has a header that is queued.
    while (streams_->close(handle_, kOutput) == stream::Error::still_playing) pause();
    expect(is_closed_, "told of the close");
  }
  /// A thread that wakes up may still read the client's data.
  bool data_are_back() const override { return false; }
  /// Two headers are queued, the thread stops, and a reset finds it dead.
  void reset_the_dead() {
    write();
    write();
    wait_for_stop();
    streams_->reset(handle_, kOutput);
    expect(flagged() == written_, "a reset finishes what is queued, whoever has died");
    was_retired_ = first().is_retired();
  }
  bool tick() override {
    static_cast<void>(is_asleep());
    streams_->do_housekeeping(hal::monotonic_now_ns());
    return false;
  }

  std::atomic<bool> has_ended_{false};  // the audio thread
  bool was_retired_ = false;
  bool is_taken_back_ = false;
};

/// A reset finds the thread dead, and retires the slot. The client goes on with the stream, closes it, and
/// opens another one.
class RetiredByReset final : public Stopped {
 public:
  RetiredByReset() : Stopped(2) {
    stop_anywhere();
    const bool wakes_early = choose(2) == 0;
    thread("client", [this, wakes_early] {
      client_.store(hal::this_thread_id(), std::memory_order_relaxed);
      reset_the_dead();
      if (wakes_early) wake_up();
      if (choose(2) == 0) let_owner_go();
      write();
      write();
      streams_->reset(handle_, kOutput);
      let_owner_go();
      close();
      take_headers_back();
      wake_up();
      open_next();
    });
  }

 private:
  /// The owner may be inside for as long as the resets take.
  void inside() override {
    while (!may_go_.load(std::memory_order_relaxed) &&
           client_.load(std::memory_order_relaxed) != hal::this_thread_id())
      pause();
  }
  void let_owner_go() { may_go_.store(true, std::memory_order_relaxed); }
  void open_next() {
    is_closed_ = false;
    open();
    expect(!was_retired_ || control::slot_of(handle_) != 0, "a retired slot serves no other stream");
    close();
  }
  std::atomic<std::uintptr_t> client_{0};
  std::atomic<bool> may_go_{choose(2) == 0};
};
const Registered<RetiredByReset> by_reset("streams_retired", "a thread wakes up in a slot that was retired");

/// The engine finds the device dead, and retires the slot that its thread does not leave. The housekeeper
/// finishes the headers at their time.
class RetiredByEngine final : public Stopped {
 public:
  RetiredByEngine() : Stopped(2) {
    stop_anywhere();
    const std::size_t wakes_after = choose(4);
    thread("client", [this] {
      for (int i = 0; i < 4; ++i) write();
      while (flagged() < written_) pause();
      was_retired_ = first().is_retired();
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
  bool tick() override {
    static_cast<void>(is_asleep());
    const std::int64_t now_ns = hal::monotonic_now_ns();
    streams_->do_housekeeping(now_ns);
    return engine_->tick(now_ns);
  }
  std::atomic<bool> is_over_{false};
};
const Registered<RetiredByEngine> by_engine("streams_dead",
                                            "the same; the engine finds it, the housekeeper finishes");

/// The page of a header does not arrive: the thread stops at the flag itself, after its look at the seat. It
/// may flag a header that was given back, and nothing else.
class HeaderMissing final : public Stopped {
 public:
  HeaderMissing() : Stopped(2) {
    const std::size_t which = choose(2);
    falls_asleep("audio", &headers_.header[which].flags, 4, 1);
    const bool wakes_early = choose(2) == 0;
    thread("client", [this, wakes_early] {
      reset_the_dead();
      if (wakes_early) wake_up();
      write();
      write();
      streams_->reset(handle_, kOutput);
      wake_up();
      streams_->reset(handle_, kOutput);
      close();
    });
  }
};
const Registered<HeaderMissing> header_missing("streams_header_missing",
                                               "a thread that stops at the flag does no other harm");

}  // namespace
}  // namespace refwave::memory_model
