// Streams by handle on an engine with its device, and notifiers: what a client may do, and what may meet.
#include "tests/memory_model/checker/hooks/system.h"
#include "tests/memory_model/scenarios/one_driver.h"

namespace refwave::memory_model {
namespace {

template <configuration::Wake kWake>
class Played : public OneDriver {
 public:
  Played() : OneDriver(with(&configuration::Configuration::wake, kWake)) {
    thread("client", [this] {
      write();
      write();
      control::Position position;
      streams_->position(handle_, kOutput, position);
    });
    thread("audio", [this] { periods(4); });
  }
};
const Registered<Played<configuration::Wake::park>> play("streams_play", "a client plays through an engine");
const Registered<Played<configuration::Wake::predict>> predict("streams_predict", "the same with predict");
const Registered<Played<configuration::Wake::spin>> spin("streams_spin", "the same with spin");

class Reset final : public OneDriver {
 public:
  Reset() : OneDriver() {
    thread("client", [this] {
      write();
      write();
      streams_->reset(handle_, kOutput);
      write();
    });
    thread("audio", [this] { periods(3); });
  }
};
const Registered<Reset> reset("streams_reset", "a reset meets the audio thread and the notifier");

/// More headers than the ring holds.
class Waiting final : public OneDriver {
 public:
  Waiting() : OneDriver({}, kOutput, 2) {
    thread("client", [this] {
      for (int i = 0; i < 4; ++i) write();
    });
    thread("audio", [this] { periods(8); });
  }
  void finish() override {
    OneDriver::finish();
    const core::Stream& stream = context_.table->streams[0];
    const core::BlockRing& ring = stream.audio().ring();
    expect(stream.waiting.load() == 0 || ring.written() - ring.notified() == 2,
           "no header waits while the ring has room");
  }
};
const Registered<Waiting> waiting("streams_waiting",
                                  "headers outside the ring come in as soon as there is room");

/// A close that waits for the callback, or gives up; the next stream; and who asks for a position meanwhile.
class Closed final : public OneDriver {
 public:
  Closed() : OneDriver() {
    thread("client", [this] {
      write();
      while (!headers_.is_done(0)) pause();
      streams_->close(handle_, kOutput);
      expect(is_closed_, "told of the close");
    });
    thread("audio", [this] {
      while (!headers_.is_done(0)) periods(1);
    });
  }
};
const Registered<Closed> closed("streams_close", "a close meets the last message");

/// The callback of the first message closes.
class Nested final : public OneDriver {
 public:
  Nested() : OneDriver() {
    thread("client", [this] { write(); });
    thread("audio", [this] { periods(4); });
  }

 private:
  void inside() override { streams_->close(handle_, kOutput); }
};
const Registered<Nested> nested("streams_nested_close", "a close inside the callback");

/// The callback stays away for seconds, and the close gives up.
class GivenUp final : public OneDriver {
 public:
  GivenUp() : OneDriver() {
    allow_long_naps(true);
    gives_up_ = true;
    thread("client", [this] {
      write();
      while (!headers_.is_done(0)) pause();
      // The thread that has flagged the header may take long to move the cursor.
      while (streams_->close(handle_, kOutput) == core::Error::still_playing) pause();
    });
    thread("audio", [this] {
      while (!headers_.is_done(0)) periods(1);
    });
  }
  /// The last message may come while the callback is still inside.
  void finish() override { expect(context_.table->streams[0].delivery.is_free(), "the place is free"); }

 private:
  void inside() override {
    for (int i = 0; i < 4; ++i) pause();
  }
};
const Registered<GivenUp> given_up("streams_give_up", "a close no longer waits for a callback");

class Direct final : public OneDriver {
 public:
  Direct()
      : OneDriver(with(&configuration::Configuration::completion, configuration::Completion::direct), kOutput,
                  2) {
    thread("client", [this] {
      for (int i = 0; i < 4; ++i) write();
      streams_->reset(handle_, kOutput);
    });
    thread("audio", [this] { periods(3); });
  }

 private:
  bool tick() override {
    streams_->do_housekeeping();
    return ++ticks_ < 2;
  }
  int ticks_ = 0;  // the housekeeper's own
};
const Registered<Direct> direct("streams_direct", "the audio thread calls the client");

/// A device is closed as idle while a client writes: the header plays, on this device or the next.
class Idle final : public OneDriver {
 public:
  Idle() : OneDriver(with(&configuration::Configuration::linger_ms, 0U)) {
    thread("client", [this] {
      write();
      pause();
      write();
    });
    thread("audio", [this] { periods(3); });
  }
  void finish() override {
    OneDriver::finish();
    expect(flagged() == written_ || engine_->has_device(), "who waits has a device");
  }

 private:
  bool tick() override { return engine_->tick(hal::monotonic_now_ns() + 10'000'000); }
};
const Registered<Idle> idle("streams_idle", "a device that is closed as idle meets a write");

class Recorded final : public OneDriver {
 public:
  Recorded() : OneDriver({}, kInput) {
    thread("client", [this] {
      write();
      write();
      streams_->run(handle_, kInput);
      if (headers_.is_done(0)) expect(headers_.header[0].length == 8, "the header is the client's");
      streams_->stop(handle_);
      streams_->reset(handle_, kInput);
    });
    thread("audio", [this] { periods(3); });
  }
};
const Registered<Recorded> recorded("streams_record", "a client records, stops and resets");

/// A client asks for another rate while its stream plays.
class Faster final : public OneDriver {
 public:
  Faster() : OneDriver() {
    slot().quality = dsp::Quality::fastest;
    thread("client", [this] {
      write();
      constexpr dsp::Factor kTwice = 2 * dsp::kUnity;
      expect(streams_->set_speed(handle_, control::SpeedPart::rate, kTwice) == core::Error::none, "memory");
      write();
    });
    thread("audio", [this] { periods(3); });
  }
};
const Registered<Faster> faster("streams_speed", "an audio thread that finds a new rate finds its filter");

/// Who sees a header done, and then waits until all is told, has been told of it.
class Settled final : public OneDriver {
 public:
  Settled() : OneDriver() {
    thread("client", [this] {
      write();
      while (!headers_.is_done(0)) pause();
      expect(streams_->settle(hal::monotonic_now_ns() + 1'000'000'000), "settles");
      expect(told_ == 1, "told");
    });
    thread("audio", [this] {
      while (!headers_.is_done(0)) periods(1);
    });
  }
};
const Registered<Settled> settled("streams_settle", "who has waited for all messages has had them");

}  // namespace
}  // namespace refwave::memory_model
