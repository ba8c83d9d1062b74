// Who delivers a stream's messages: DeliveryState step by step. Notifiers, a reset that delivers itself, a
// close, and the next stream in the place.
#include <algorithm>
#include <atomic>
#include <mutex>

#include "driver/core/stream/audio_section.h"
#include "tests/memory_model/checker/hooks/system.h"
#include "tests/memory_model/scenarios/shared_stream.h"

namespace refwave::memory_model {
namespace {

/// One stream, its ready bit, and what the threads do with them.
class Delivered : public Play {
 protected:
  Delivered() { allow_long_naps(false); }

  void play(std::size_t periods) {
    for (; periods > 0; --periods) {
      if (shared_.play_one()) ready_.set(0);
    }
  }
  void serve(int times) {
    for (; times > 0; --times) {
      if (ready_.any() && ready_.claim(0)) shared_.deliver();
    }
  }
  /// As Streams::return_blocks().
  void reset() {
    core::Stream& stream = shared_.stream;
    bool is_ours = false;
    std::uint32_t messages = 0;
    {
      const std::lock_guard lock(stream.mutex);
      const core::AudioSection section(stream, core::IfOverdue::replace);
      stream.return_all();
      stream.delivery.post();
      is_ours = stream.delivery.hold();
      if (is_ours) messages = stream.undelivered();
    }
    if (!is_ours) return;
    if (!core::deliver(stream, messages, core::Stack::unknown, [&] { return stream.take(); })) return;
    if (stream.delivery.hand_back(core::DeliveryState::Left::nothing_known)) ready_.set(0);
  }
  void write(std::size_t count) {
    const std::lock_guard lock(shared_.stream.mutex);
    shared_.write(count);
  }

  SharedStream shared_;
  core::ReadySet ready_;
};

/// An audio thread finishes blocks; two notifiers that are awake claim ready bits and deliver.
class Held final : public Delivered {
 public:
  Held() {
    shared_.write(3);
    thread("audio", [this] { play(3); });
    thread("notifier", [this] { serve(3); });
    thread("other", [this] { serve(3); });
  }
  void finish() override {
    if (ready_.claim(0)) shared_.deliver();
    expect(shared_.notified == 3, "every message is delivered");
    expect(!shared_.stream.delivery.is_busy(), "nobody holds the word, and nothing waits");
  }
};
const Registered<Held> held("owner", "one thread at a time delivers a stream's messages, in order");

/// A ready bit is left over, or comes twice: it is advisory, and confers no ownership.
class SpuriousBit final : public Delivered {
 public:
  SpuriousBit() {
    shared_.write(2);
    thread("audio", [this] { play(2); });
    thread("late", [this] {
      // A thread that wakes up in an audio state that it has lost.
      if (shared_.stream.delivery.post()) ready_.set(0);
    });
    thread("notifier", [this] { serve(3); });
    thread("other", [this] { shared_.deliver(); });
  }
  void finish() override {
    if (ready_.claim(0)) shared_.deliver();
    expect(shared_.notified == 2, "every message is delivered once");
  }
};
const Registered<SpuriousBit> spurious_bit("spurious_bit", "a ready bit too many does no harm");

/// A reset delivers itself, or leaves the messages to the thread that holds the word. The client goes on, so
/// that the reset finds more when it hands back.
class Reset final : public Delivered {
 public:
  Reset() {
    shared_.write(2);
    thread("audio", [this] { play(3); });
    thread("notifier", [this] { serve(3); });
    thread("client", [this] {
      reset();
      write(1);
      reset();
    });
    thread("other", [this] { write(1); });
  }
  void finish() override {
    if (ready_.claim(0)) shared_.deliver();
    core::BlockRing& ring = shared_.stream.audio().ring();
    expect(shared_.notified == ring.released(), "every header that is done was notified");
    expect(shared_.notified >= 3, "every header is returned");
    expect(shared_.stream.clock.load()->epoch() == 3, "the position begins anew, twice");
  }
};
const Registered<Reset> reset("reset", "a reset returns every header, and delivers what nobody delivers");

/// The audio thread delivers without a lock, and leaves to a notifier what needs one; as
/// DeviceRound::call_client().
class HandedBack final : public Delivered {
 public:
  HandedBack() {
    shared_.write(3);
    thread("audio", [this] {
      for (int i = 0; i < 3; ++i) {
        shared_.play_one();
        call_client();
      }
    });
    thread("notifier", [this] { serve(3); });
    thread("client", [this] { reset(); });
  }
  void finish() override {
    if (ready_.claim(0)) shared_.deliver();
    expect(shared_.notified == 3, "every message is delivered");
  }

 private:
  void call_client() {
    core::Stream& stream = shared_.stream;
    if (!stream.delivery.hold()) return;
    do {
      // One message, and the next one is left, as if it needed the mutex.
      if (!core::deliver(stream, 1, core::Stack::known, [&] { return stream.take_unlocked(); })) return;
      if (stream.has_message()) {
        if (stream.delivery.hand_back(core::DeliveryState::Left::messages)) ready_.set(0);
        return;
      }
    } while (stream.delivery.release());
  }
};
const Registered<HandedBack> handed_back("hand_back", "who leaves messages to another leaves a ready bit");

/// A close against the owner, with the steps of driver/control/close_protocol.cpp, and the next stream in
/// the place.
class Closed : public Delivered {
 public:
  Closed() {
    shared_.write(2);
    thread("audio", [this] { play(2); });
    thread("notifier", [this] { serve(4); });
    thread("client", [this] {
      close(choose(3) * 20);
      if (choose(2) == 0) reopen();
    });
  }
  void finish() override {
    if (ready_.claim(0)) shared_.deliver();
    if (is_open_again_) {
      expect(shared_.notified == shared_.written, "the next stream has its message");
    } else {
      expect(shared_.stream.delivery.is_free(), "the place is free");
      expect_exact(shared_.notified);
    }
  }

 protected:
  struct Alone {};  // the threads are another class's
  explicit Closed(Alone) {}

  /// Returns: how many blocks are released, from here on for ever.
  std::uint32_t detach() {
    core::Stream& stream = shared_.stream;
    const std::lock_guard lock(stream.mutex);
    const core::AudioSection section(stream, core::IfOverdue::lose);
    stream.audio_state.store(nullptr, std::memory_order_relaxed);
    return stream.audio().ring().released();
  }
  void notify_closed() {
    shared_.stream.callback.function(shared_.stream.callback, core::Notice::close, nullptr,
                                     core::Stack::unknown);
  }
  /// `patience`: looks, until it gives up.
  bool wait_for_owner(std::size_t patience) {
    for (; !shared_.stream.delivery.hold(); --patience) {
      static_cast<void>(shared_.stream.undelivered());
      if (patience == 0) return shared_.stream.delivery.give_up();
      pause();
    }
    return true;
  }
  void close(std::size_t patience) {
    using core::DeliveryState;
    core::Stream& stream = shared_.stream;
    const std::uint32_t released = detach();
    if (wait_for_owner(patience)) {
      static_cast<void>(
          core::deliver(stream, core::kEveryMessage, core::Stack::unknown, [&] { return stream.take(); }));
      expect(shared_.notified == shared_.first + released, "a close delivers what is left");
      notify_closed();
      {
        const std::lock_guard lock(stream.mutex);
        stream.clear_out();
      }
      return stream.delivery.finish(DeliveryState::Closer::holds);
    }
    // The wait for an owner between two callbacks has a limit.
    const bool waits = choose(4) != 0;
    bool is_inside = false;
    bool has_left = false;
    do {
      has_left = !stream.delivery.is_held();
      is_inside = stream.caller.load(std::memory_order_relaxed) != 0;
      pause();
    } while (waits && !has_left && !is_inside);
    const std::uint32_t dropped = stream.undelivered();
    // After the limit the count may be wrong by one.
    if (has_left || is_inside) notified_at_the_end_ = shared_.first + released - dropped;
    // The client may still be in its callback. Otherwise its last message comes after it.
    if (has_left) notify_closed();
    stream.delivery.finish(DeliveryState::Closer::gave_up);
  }
  void expect_exact(std::size_t notified) {
    expect(notified_at_the_end_ == kUnknown || notified == notified_at_the_end_,
           "each message is delivered or counted");
  }
  /// Effects: the next stream, with one message.
  void reopen() {
    for (int i = 0; i < 4 && !is_open_again_; ++i) {
      const std::size_t notified = shared_.open_next();
      is_open_again_ = notified != SharedStream::kNotFree;
      if (is_open_again_) expect_exact(notified);
      pause();
    }
    if (!is_open_again_) return;
    shared_.write(1);
    while (shared_.stream.audio().ring().queued()) {
      if (shared_.play_one()) ready_.set(0);
      pause();
    }
  }
  static constexpr std::size_t kUnknown = ~std::size_t{0};
  std::size_t notified_at_the_end_ = kUnknown;  // by the closer's count
  bool is_open_again_ = false;
};
const Registered<Closed> closed("close",
                                "after a close nobody is inside; the place serves again when it is free");

enum class Owner { delivers, hands_back };
enum class Closer { waits, gives_up };

/// The owner is at work when the close begins. It delivers, or leaves the rest to a third thread. The
/// closing thread waits for it, or gives up soon; and then the place serves the next stream.
template <Owner kOwner, Closer kCloser>
class CloseMeetsOwner final : public Closed {
 public:
  CloseMeetsOwner() : Closed(Alone{}) {
    shared_.write(2);
    shared_.play_one();
    shared_.play_one();
    if (choose(2) == 0) ready_.set(0);
    thread("owner", [this] {
      core::Stream& stream = shared_.stream;
      if (kOwner == Owner::delivers) return shared_.deliver();
      if (!stream.delivery.hold()) return;
      if (!core::deliver(stream, 1, core::Stack::known, [&] { return stream.take(); })) return;
      if (stream.delivery.hand_back(core::DeliveryState::Left::messages)) ready_.set(0);
    });
    thread("third", [this] { serve(3); });
    thread("client", [this] {
      close(kCloser == Closer::waits ? 1'000 : choose(6));
      reopen();
    });
  }
};
const Registered<CloseMeetsOwner<Owner::delivers, Closer::waits>> close_waits("close_waits",
                                                                              "a close waits for the owner");
const Registered<CloseMeetsOwner<Owner::delivers, Closer::gives_up>> gives_up(
    "close_gives_up", "a close that does not wait; the next stream in the place");
const Registered<CloseMeetsOwner<Owner::hands_back, Closer::gives_up>> hands_back(
    "close_handed", "an owner leaves the rest to another, and meets such a close");

/// A place is taken by one of two opens.
class Claimed final : public Play {
 public:
  Claimed() {
    for (const char* name : {"first", "second"}) {
      thread(name, [this] {
        for (int i = 0; i < 2; ++i) {
          if (!state_.is_free() || !state_.claim()) continue;
          state_.post();  // a late thread of the last stream
          ++used_;
          state_.publish();
          expect(state_.is_used() && !state_.is_waiting(), "it is used, and a late post is forgotten");
          while (!state_.hold()) pause();
          ++used_;
          state_.finish(core::DeliveryState::Closer::holds);
        }
      });
    }
    thread("late", [this] {
      if (state_.hold()) {
        ++used_;
        if (state_.release()) state_.release();
      }
    });
  }

 private:
  core::DeliveryState state_;
  int used_ = 0;
};
const Registered<Claimed> claimed("close_claim", "one stream at a time has the place");

}  // namespace
}  // namespace refwave::memory_model
