// A close meets the thread that delivers a stream's messages, and the next stream takes the place.
#include <mutex>

#include "driver/core/stream/audio_section.h"
#include "tests/memory_model/scenarios/shared_stream.h"

namespace refwave::memory_model {
namespace {

/// A close with the steps of driver/control/close_protocol.cpp, and the next stream in the place.
class Closed : public Play {
 public:
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
  void serve(int times) {
    for (; times > 0; --times) {
      if (ready_.any() && ready_.claim(0)) shared_.deliver();
    }
  }
  /// Returns: how many blocks are released, from here on for ever.
  std::uint32_t detach() {
    core::Stream& stream = shared_.stream;
    const std::lock_guard lock(stream.mutex);
    const core::AudioSection section(stream, core::IfOverdue::lose);
    stream.audio_state.store(nullptr, std::memory_order_relaxed);
    return stream.audio().ring().released();
  }
  void notify_closed() {
    shared_.stream.callback.function(shared_.stream.callback, core::Notice::close, nullptr);
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
      static_cast<void>(core::deliver(stream, core::kEveryMessage, [&] { return stream.take(); }));
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
  SharedStream shared_;
  core::ReadySet ready_;
  static constexpr std::size_t kUnknown = ~std::size_t{0};
  std::size_t notified_at_the_end_ = kUnknown;  // by the closer's count
  bool is_open_again_ = false;
};

enum class Owner { delivers, hands_back };

/// The owner is at work when the close begins. It delivers, or leaves the rest to a third thread. The closer
/// gives up soon.
template <Owner kOwner>
class CloseMeetsOwner final : public Closed {
 public:
  CloseMeetsOwner() {
    shared_.write(2);
    shared_.play_one();
    shared_.play_one();
    if (choose(2) == 0) ready_.set(0);
    thread("owner", [this] {
      core::Stream& stream = shared_.stream;
      if (kOwner == Owner::delivers) return shared_.deliver();
      if (!stream.delivery.hold()) return;
      if (!core::deliver(stream, 1, [&] { return stream.take(); })) return;
      if (stream.delivery.hand_back(core::DeliveryState::Left::messages)) ready_.set(0);
    });
    thread("third", [this] { serve(3); });
    thread("client", [this] {
      close(choose(6));
      reopen();
    });
  }
};
const Registered<CloseMeetsOwner<Owner::delivers>> gives_up(
    "close_gives_up", "a close that gives up; the next stream in the place");
const Registered<CloseMeetsOwner<Owner::hands_back>> hands_back(
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
