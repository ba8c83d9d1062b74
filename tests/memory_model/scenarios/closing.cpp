// A close by its handle against the thread that delivers, with the real CloseProtocol; who asks meanwhile;
// and the next stream in the slot. No device plays: the headers are finished before the threads begin,
// or by a round of the scenario's own.
#include <algorithm>
#include <array>
#include <atomic>

#include "driver/core/period/device_round.h"
#include "driver/core/stream/delivery.h"
#include "hal/system/clock.h"
#include "tests/memory_model/scenarios/driver_room.h"

namespace refwave::memory_model {
namespace {

constexpr int kHeaders = 3;

class Finished : public OneDriver {
 public:
  void finish() override {
    expect(is_closed_, "told of the close");
    expect(first().pending.load() == 0 && !room_.table->ready.any(), "nothing is pending");
    expect(told_ + streams_->total().undelivered == kHeaders,
           "each header is told, or counted as undelivered");
  }

 protected:
  Finished() : Finished(kHeaders) {}
  /// `count`: of the headers. The others are queued, in the ring or outside it.
  explicit Finished(std::uint32_t count, std::uint32_t ring = 4) : OneDriver({}, kInput, ring) {
    for (int i = 0; i < kHeaders; ++i) write();
    core::Lane& lane = *first().lane;
    first().add_pending(lane.abandon(lane.ring().released() + count));
  }
  void have_them_told() {
    if (choose(2) == 0) return mark();
    thread("audio", [this] {
      wait_for_the_close();
      mark();
    });
  }
  /// The close has come as far as the stream's device.
  void wait_for_the_close() {
    while (first().device_epoch.load(std::memory_order_relaxed) != 0) pause();
  }
  void mark() {
    room_.table->ready.set(0);
    room_.table->waker.wake_one();
  }
  core::Stream& first() { return room_.table->streams[0]; }
  void close() { expect(streams_->close(handle_, kInput) == stream::Error::none, "closes"); }
};

/// The closing thread waits for the owner, or is itself the owner. Another thread resets, and asks.
class Waits final : public Finished {
 public:
  Waits() {
    have_them_told();
    thread("client", [this] {
      close();
      expect(told_ == kHeaders, "a patient close has all messages delivered");
    });
    const bool resets = choose(2) == 0;
    thread("other", [this, resets] {
      if (resets) streams_->reset(handle_, kInput);
      if (!streams_->settle(hal::monotonic_now_ns() + 1'000'000'000)) return;
      expect(told_ == kHeaders, "who has waited for all messages has had them");
    });
  }
};
const Registered<Waits> waits("closing_waits", "a close waits for the owner's last message");

/// The owner tells one message, and leaves the others to a notifier, as a reset and a direct completion do.
/// The closing thread may claim them before the notifier does.
class MeetsHandOver final : public Finished {
 public:
  MeetsHandOver() {
    thread("owner", [this] {
      wait_for_the_close();
      core::Delivery delivery(first());
      if (delivery.begin() && delivery.call_client(first().lane->ring().take(), core::Stack::unknown)) mark();
    });
    thread("client", [this] {
      close();
      expect(told_ == kHeaders, "a patient close has all messages delivered");
    });
  }
};
const Registered<MeetsHandOver> meets_hand_over("closing_handed",
                                                "a close meets an owner that leaves the rest to another");

/// The audio thread tells its clients itself. A reset leaves messages for which it needs a notifier; the
/// close comes right after the reset.
class MeetsDirect final : public Finished {
 public:
  MeetsDirect() : Finished(0, 2) {
    roster_->add(0);
    thread("audio", [this] {
      round_.each(true, [](core::Stream& slot) {
        core::Lane& lane = *slot.lane;
        return lane.abandon(std::min(lane.ring().released() + 1, lane.ring().written()));
      });
      round_.call_clients(core::Stack::unknown);
    });
    thread("client", [this] {
      streams_->reset(handle_, kInput);
      close();
      expect(told_ == kHeaders, "a patient close has all messages delivered");
    });
  }

 private:
  const std::shared_ptr<core::Roster> roster_ = std::make_shared<core::Roster>();
  core::DeviceRound round_{room_.table, roster_, first().device_epoch.load(),
                           core::CompletionBy::audio_thread};
};
const Registered<MeetsDirect> meets_direct("closing_direct",
                                           "a close meets an audio thread that calls clients");

/// The driver ends, and waits no longer than until a moment. When the last owner has left, an open takes the
/// slot, finds that the driver is ending, and frees both streams.
class GivesUp final : public Finished {
 public:
  GivesUp() {
    have_them_told();
    gives_up_ = true;
    const auto patience_ns = static_cast<std::int64_t>(choose(3)) * 100'000;
    const bool opens = choose(2) == 0;
    thread("client", [this, patience_ns, opens] {
      streams_->close_all(hal::monotonic_now_ns() + patience_ns);
      while (opens && first().pending.load(std::memory_order_relaxed) != 0) pause();
      if (opens) open_late();
    });
  }

 private:
  void open_late() {
    const control::OpenOptions options{.direction = kInput,
                                       .format = {dsp::SampleType::s16, 1, 48'000, 0},
                                       .callback = {},
                                       .ring_capacity = 2};
    expect(streams_->open(options, engine_, *notifiers_, handle_) == stream::Error::no_device, "too late");
    expect(control::slot_of(handle_) == 0, "the slot is free");
  }
  const bool takes_long_ = choose(2) == 0;
  void inside() override {
    if (takes_long_) pause();
  }
};
const Registered<GivesUp> gives_up("closing_gives_up", "a close that waits for a moment only");

}  // namespace
}  // namespace refwave::memory_model
