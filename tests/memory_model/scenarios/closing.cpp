// A close by its handle against the thread that delivers, with the real CloseProtocol; who asks meanwhile;
// and the next stream in the place. No device plays: the headers are finished before the threads begin,
// or by a round of the scenario's own.
#include <algorithm>
#include <array>
#include <atomic>

#include "driver/core/period/device_round.h"
#include "driver/core/stream/deliver.h"
#include "hal/system/clock.h"
#include "tests/memory_model/scenarios/one_driver.h"

namespace refwave::memory_model {
namespace {

constexpr int kHeaders = 3;

class Finished : public OneDriver {
 public:
  void finish() override {
    expect(is_closed_, "told of the close");
    expect(first().delivery.is_free() || is_open_again_, "the place is free");
    expect(!context_.table->ready.any(), "no hint is left");
    expect(told_ + streams_->total().undelivered == kHeaders,
           "each header is told, or counted as undelivered");
  }

 protected:
  Finished() : Finished(kHeaders) {}
  /// `count`: of the headers. The others are queued, in the ring or outside it.
  explicit Finished(std::uint32_t count, std::uint32_t ring = 4) : OneDriver({}, kInput, ring) {
    for (int i = 0; i < kHeaders; ++i) write();
    const core::RtLock::Token mine = first().lock.try_acquire();
    core::AudioHalf& half = first().audio();
    half.enter(mine);
    half.finish_until(half.ring().released() + count, 0);
    first().delivery.post();
    first().lock.release(mine);
  }
  void have_them_told() {
    if (choose(2) == 0) return mark();
    thread("audio", [this] {
      wait_for_the_close();
      mark();
    });
  }
  /// The close has taken the stream's half from its device.
  void wait_for_the_close() {
    while (first().half.load(std::memory_order_relaxed) != nullptr) pause();
  }
  void mark() {
    context_.table->ready.set(0);
    context_.table->waker.wake_one();
  }
  core::Stream& first() { return context_.table->streams[0]; }
  void close() { expect(streams_->close(handle_, kInput) == core::Error::none, "closes"); }
  bool is_open_again_ = false;
};

/// The closing thread waits for the holder, or delivers itself. Another thread resets, and asks.
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
const Registered<Waits> waits("closing_waits", "a close waits for the holder's last message");

/// The holder tells one message, and leaves the others to a notifier, as a reset and a direct completion do.
/// The closing thread may be faster than the notifier.
class MeetsHandOver final : public Finished {
 public:
  MeetsHandOver() {
    thread("holder", [this] {
      wait_for_the_close();
      core::Stream& stream = first();
      if (!stream.delivery.hold()) return;
      if (!core::deliver(stream, 1, core::Stack::unknown, [&] { return stream.take(); })) return;
      if (stream.delivery.hand_back(core::DeliveryState::Left::messages)) mark();
    });
    thread("client", [this] {
      close();
      expect(told_ == kHeaders, "a patient close has all messages delivered");
    });
  }
};
const Registered<MeetsHandOver> meets_hand_over("closing_handed",
                                                "a close meets a holder that leaves the rest to another");

/// The audio thread tells its clients itself. A reset leaves messages for which it needs a notifier; the
/// close comes right after the reset.
class MeetsDirect final : public Finished {
 public:
  MeetsDirect() : Finished(0, 2) {
    roster_->add(0);
    thread("audio", [this] {
      round_.each(true, [](core::AudioHalf& half) {
        return half.finish_until(std::min(half.ring().released() + 1, half.ring().written()), 0);
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
  core::DeviceRound round_{context_.table, roster_, first().audio().device(), core::Completion::direct};
};
const Registered<MeetsDirect> meets_direct("closing_direct",
                                           "a close meets an audio thread that calls clients");

/// The driver ends, and waits no longer than until a moment. When the last holder has left, an open takes the
/// place, finds that the driver is ending, and frees both streams.
class GivesUp final : public Finished {
 public:
  GivesUp() {
    have_them_told();
    gives_up_ = true;
    const auto patience_ns = static_cast<std::int64_t>(choose(3)) * 100'000;
    const bool opens = choose(2) == 0;
    thread("client", [this, patience_ns, opens] {
      streams_->close_all(hal::monotonic_now_ns() + patience_ns);
      while (opens && !first().delivery.is_free()) pause();
      if (opens) open_late();
    });
  }

 private:
  void open_late() {
    const control::OpenOptions options{.direction = kInput,
                                       .format = {dsp::SampleType::s16, 1, 48'000, 0},
                                       .callback = {},
                                       .ring_capacity = 2};
    expect(streams_->open(options, engine_, *notifiers_, handle_) == core::Error::no_device, "too late");
    expect(control::slot_of(handle_) == 0, "the place is free");
  }
  const bool takes_long_ = choose(2) == 0;
  void inside() override {
    if (takes_long_) pause();
  }
};
const Registered<GivesUp> gives_up("closing_gives_up", "a close that waits for a moment only");

/// The callback of the first message closes. A hint of that stream is left over, and another thread opens
/// the next stream in the place as soon as it is free.
class NestedAndNext final : public Finished {
 public:
  NestedAndNext() {
    thread("audio", [this] {
      mark();
      mark();
    });
    thread("client", [this] {
      while (!first().delivery.is_used()) pause();
      for (int i = 0; i < 40 && !has_closed_.load(std::memory_order_relaxed); ++i) pause();
      for (int i = 0; i < 40 && !first().delivery.is_free(); ++i) pause();
      if (!first().delivery.is_free()) return;
      is_open_again_ = true;
      control::Handle next = 0;
      const control::OpenOptions options{
          .direction = kInput,
          .format = {dsp::SampleType::s16, 1, 48'000, 0},
          .callback = {.function = told_next, .instance = reinterpret_cast<std::uintptr_t>(this)},
          .ring_capacity = 2};
      expect(streams_->open(options, engine_, *notifiers_, next) == core::Error::none, "opens");
      expect(control::slot_of(next) == 0, "in the same place");
      core::ClientHeader& header = headers_.header[kHeaders];
      expect(streams_->write(next, kInput, header) == core::Error::none, "writes");
      streams_->reset(next, kInput);
      expect(streams_->close(next, kInput) == core::Error::none, "closes");
      expect(next_told_ == 1, "the next stream's message");
    });
  }
  void finish() override {
    Finished::finish();
    expect(first().delivery.is_free(), "the place is free");
  }

 private:
  static bool told_next(const core::ClientCallback& callback, core::Notice notice, core::ClientHeader* header,
                        core::Stack) noexcept {
    auto& self = *reinterpret_cast<NestedAndNext*>(callback.instance);
    if (notice != core::Notice::done) return true;
    expect(header == &self.headers_.header[kHeaders], "its own header");
    ++self.next_told_;
    return true;
  }
  void inside() override {
    if (told_ != 1) return;
    close();
    has_closed_.store(true, std::memory_order_relaxed);
  }
  std::atomic<bool> has_closed_{false};
  int next_told_ = 0;
};
const Registered<NestedAndNext> nested_and_next("closing_nested",
                                                "a close inside the callback; the next stream in the place");

}  // namespace
}  // namespace refwave::memory_model
