// Who owns a slot's messages: the pending count, a reset that delivers itself, a close, and the next stream.
#include "tests/memory_model/scenarios/stream_room.h"

namespace refwave::memory_model {
namespace {

/// An audio thread finishes blocks; two notifiers that are awake claim and deliver.
class Owned : public Play {
 public:
  Owned() {
    room_.write(3);
    thread("audio", [this] {
      for (std::size_t i = 0; i < 3; ++i) {
        if (room_.finish_one()) ready_.set(0);
      }
    });
    thread("notifier", [this] { serve(); });
    thread("other", [this] { serve(); });
  }
  void finish() override {
    if (ready_.claim(0)) room_.deliver();
    expect(room_.told == 3, "every message is delivered");
  }

 protected:
  void serve() {
    for (int i = 0; i < 3; ++i) {
      if (ready_.any() && ready_.claim(0)) room_.deliver();
    }
  }
  StreamRoom room_;
  core::ReadySet ready_;
};
const Registered<Owned> owned("owner", "one thread at a time delivers a stream's messages, in order");

/// A reset in the seat delivers itself, or leaves the messages to the thread that owns them.
class Reset final : public Play {
 public:
  Reset() {
    room_.write(2);
    thread("audio", [this] {
      if (!room_.slot.sit_down()) return;
      if (room_.finish_one()) ready_.set(0);
      room_.slot.stand_up(core::Seat::audio);
    });
    thread("notifier", [this] {
      for (int i = 0; i < 3; ++i) {
        if (ready_.claim(0)) room_.deliver();
      }
    });
    thread("client", [this] {
      while (!room_.slot.try_seat(core::Seat::control)) pause();
      reset();
    });
  }
  void finish() override {
    if (ready_.claim(0)) room_.deliver();
    expect(room_.told == 2, "every header is returned");
    expect(room_.slot.position.epoch() == 1, "the position begins anew");
  }

 private:
  void reset() {
    core::Stream& slot = room_.slot;
    const std::uint32_t finished = room_.slot.voice->return_all();
    const bool is_owner = slot.add_pending(finished) || ready_.claim(0);
    std::uint32_t messages = is_owner ? slot.pending.load(std::memory_order_relaxed) : 0;
    slot.stand_up(core::Seat::control);
    core::Delivery delivery(slot);
    for (; messages > 0; --messages) {
      if (!delivery.begin()) return;
      if (!delivery.call_client(slot.lane->ring().take(), core::Stack::unknown)) return;
      if (messages == 1) ready_.set(0);
    }
  }
  StreamRoom room_;
  core::ReadySet ready_;
};
const Registered<Reset> reset("reset", "a reset returns every header, and delivers what nobody owns");

/// A close against the owner's delivery, with the steps of driver/control/close_protocol.cpp; a patient one
/// frees the stream, an impatient one leaves it to the next open, which takes the slot when nothing is
/// pending.
class Closed : public Play {
 public:
  Closed() {
    room_.write(2);
    thread("audio", [this] {
      for (int period = 0; period < 2; ++period) {
        if (!room_.slot.sit_down()) continue;
        if (room_.slot.device_epoch.load(std::memory_order_relaxed) == 0 && room_.finish_one()) ready_.set(0);
        room_.slot.stand_up(core::Seat::audio);
      }
    });
    thread("notifier", [this] {
      for (int i = 0; i < 4; ++i) {
        if (ready_.claim(0)) room_.deliver();
      }
    });
    thread("client", [this] {
      close(choose(3));
      if (choose(2) == 0) reopen();
    });
  }
  void finish() override {
    if (ready_.claim(0)) room_.deliver();
    expect(room_.slot.pending.load() == 0, "the slot is free");
  }

 protected:
  struct Alone {};  // the threads are another class's
  explicit Closed(Alone) {}

  void detach() {
    while (!room_.slot.try_seat(core::Seat::control)) pause();
    room_.slot.device_epoch.store(1, std::memory_order_relaxed);
    room_.slot.stand_up(core::Seat::control);
  }
  void tell_closed() {
    room_.slot.callback.function(room_.slot.callback, core::Notice::close, nullptr, core::Stack::unknown);
  }
  core::Call wait_for_owner(std::size_t patience) {
    core::Call seen = room_.slot.call.load(std::memory_order_acquire);
    for (; seen != core::Call::handed && patience != 0; --patience) {
      pause();
      seen = room_.slot.call.load(std::memory_order_acquire);
    }
    while (seen != core::Call::handed) {
      if (room_.slot.call.compare_exchange_weak(seen, core::Call::closed, std::memory_order_acq_rel)) break;
    }
    return seen;
  }
  void close(std::size_t patience) {
    detach();
    core::Stream& slot = room_.slot;
    const std::uint32_t before = slot.pending.fetch_add(core::kCloserToken, std::memory_order_acq_rel);
    if (before == 0 || ready_.claim(0)) {
      const std::uint32_t left = slot.pending.load(std::memory_order_relaxed) - core::kCloserToken;
      core::Delivery delivery(slot);
      for (std::uint32_t i = 0; i < left; ++i) delivery.tell(slot.lane->ring().take(), core::Stack::unknown);
      tell_closed();
      slot.pending.store(0, std::memory_order_release);
      return room_.slot.voice.reset();
    }
    const core::Call owner = wait_for_owner(patience * 20);
    // After an impatient close the client may still be in its callback. Otherwise its last message comes
    // after it.
    if (owner == core::Call::in_call) return;
    tell_closed();
    if (owner != core::Call::handed) return;
    slot.pending.fetch_sub(core::kCloserToken, std::memory_order_release);
    room_.slot.voice.reset();
  }
  /// As StreamTable::take_free() and Streams::furnish(). Returns: whether the slot is free.
  bool reopen() {
    if (room_.slot.pending.load(std::memory_order_acquire) != 0) return false;
    room_.open();
    return true;
  }

  StreamRoom room_;
  core::ReadySet ready_;
};
const Registered<Closed> closed("close",
                                "after a close nobody is inside; the slot serves again when it is free");

enum class Owner { delivers, hands_over };
enum class Closer { waits, gives_up };

/// The owner is at work when the close begins. It delivers, or hands over to a third thread. The closing
/// thread waits for it or gives up at once; and then the slot serves the next stream.
template <Owner kOwner, Closer kCloser>
class CloseMeetsOwner final : public Closed {
 public:
  CloseMeetsOwner() : Closed(Alone{}) {
    room_.write(2);
    room_.finish_one();
    room_.finish_one();
    thread("owner", [this] {
      if (kOwner == Owner::delivers) return room_.deliver();
      expect(room_.slot.returned.load(std::memory_order_relaxed) == 0, "nothing was returned");
      ready_.set(0);
    });
    thread("third", [this] {
      for (int i = 0; i < 2; ++i) {
        if (ready_.claim(0)) room_.deliver();
      }
    });
    thread("client", [this] {
      close(kCloser == Closer::waits ? 1'000 : 0);
      for (int i = 0; i < 4; ++i) {
        if (reopen()) return;
        pause();
      }
    });
  }
};
const Registered<CloseMeetsOwner<Owner::delivers, Closer::waits>> waits("close_waits",
                                                                        "a close waits for the owner");
const Registered<CloseMeetsOwner<Owner::delivers, Closer::gives_up>> gives_up(
    "close_gives_up", "a close that does not wait; the next stream in the slot");
const Registered<CloseMeetsOwner<Owner::hands_over, Closer::gives_up>> hands_over(
    "hand_over", "an owner hands the slot over, and meets such a close");

}  // namespace
}  // namespace refwave::memory_model
