// Opens that meet each other, the end of the driver, a device that is closed as idle, and a thread that asks
// for the new stream's position.
#include <array>
#include <atomic>

#include "driver/control/driver_gate.h"
#include "tests/memory_model/checker/hooks/system.h"
#include "tests/memory_model/scenarios/one_driver.h"

namespace refwave::memory_model {
namespace {

/// A driver whose first stream is closed before the threads begin. They open others.
class Opened : public OneDriver {
 public:
  void finish() override {
    for (const Client& client : clients_) expect(client.opens == client.closes, "each open has its close");
    expect(!streams_->in_use(), "no stream is left");
  }

 protected:
  struct Client {
    std::atomic<int> opens{0};
    std::atomic<int> closes{0};
    control::Handle handle = 0;
  };
  explicit Opened(const configuration::Configuration& configuration = {}) : OneDriver(configuration, kInput) {
    streams_->close(handle_, kInput);
  }
  core::Error open(Client& client, std::uint16_t channels = 1) {
    const control::OpenOptions options{
        .direction = kInput,
        .format = {dsp::SampleType::s16, channels, 48'000, 0},
        .callback = {.function = told, .instance = reinterpret_cast<std::uintptr_t>(&client)},
        .ring_capacity = 2};
    return streams_->open(options, engine_, *notifiers_, client.handle);
  }
  void close(Client& client) {
    expect(streams_->close(client.handle, kInput) == core::Error::none, "closes");
  }
  std::array<Client, 2> clients_;

 private:
  static bool told(const core::ClientCallback& callback, core::Notice notice, core::ClientHeader*,
                   core::Stack) noexcept {
    auto& client = *reinterpret_cast<Client*>(callback.instance);
    if (notice == core::Notice::open) client.opens.fetch_add(1, std::memory_order_relaxed);
    if (notice == core::Notice::close)
      expect(client.closes.fetch_add(1, std::memory_order_relaxed) + 1 ==
                 client.opens.load(std::memory_order_relaxed),
             "the close comes last");
    return true;
  }
};

/// Two clients open and close, and a third asks for the sums.
class Two final : public Opened {
 public:
  Two() {
    for (Client& client : clients_) {
      thread("client", [this, &client] {
        if (open(client) == core::Error::none) close(client);
      });
    }
    thread("asks", [this] {
      expect(streams_->total().streams <= 2, "the streams that are open");
      static_cast<void>(engine_->statistics());
    });
  }
};
const Registered<Two> two("opening_two", "two streams are opened at the same time");

/// A client of another rate, before it has a stream: an idle device is exchanged for a new one. The
/// housekeeper closes an idle device as well. Devices are opened and started one after the other.
class Rates final : public Opened {
 public:
  Rates() : Opened(with(&configuration::Configuration::linger_ms, 0U)) {
    one_device_at_a_time();
    thread("client", [this] {
      if (open(clients_[0]) != core::Error::none) return;
      streams_->run(clients_[0].handle, kInput);
      close(clients_[0]);
    });
    thread("other", [this] {
      engine_->open(44'100);
      engine_->want_running();
      engine_->open(22'050);
    });
  }

 private:
  bool tick() override { return engine_->tick(hal::monotonic_now_ns() + 10'000'000); }
};
const Registered<Rates> rates("opening_rates", "one device at a time is opened, started or closed");

/// The driver ends while a client opens (tests/models/open_and_end.pml).
class AtTheEnd final : public Opened {
 public:
  AtTheEnd() {
    const bool waits = choose(4) != 0;
    expect(context_.table->streams[0].delivery.is_free(), "the place is free");
    thread("client", [this] { open(clients_[0]); });
    thread("ender", [this, waits] {
      // Until the stream has its half, shortly before its handle is valid.
      while (waits && context_.table->streams[0].half.load(std::memory_order_relaxed) == nullptr) pause();
      streams_->close_all();
    });
  }
};
const Registered<AtTheEnd> at_the_end("opening_at_the_end", "the driver ends while a client opens");

/// A position asked of a handle whose place serves the next stream meanwhile.
class Reopened final : public Opened {
 public:
  Reopened() {
    expect(open(clients_[0]) == core::Error::none, "opens");
    thread("client", [this] {
      close(clients_[0]);
      if (open(clients_[1], 2) == core::Error::none) close(clients_[1]);
    });
    thread("other", [this] {
      control::Position position;
      for (int i = 0; i < 6; ++i) {
        if (streams_->position(clients_[0].handle, kInput, position) != core::Error::none) return;
        expect(position.bytes_per_frame == 2 && position.frames == 0,
               "an answer of the stream that was asked");
      }
    });
  }
};
const Registered<Reopened> reopened("opening_reopened", "a position is of the stream that was asked");

/// The first stream has a position. The next one in its place begins at 0, also for a thread that has the
/// handle from a variable without an order.
class Handed final : public Opened {
 public:
  Handed() {
    first().clock.load()->publish({.epoch = 1, .begin = 100, .end = 100, .floor = 100});
    thread("client", [this] {
      expect(open(clients_[0], 2) == core::Error::none, "opens");
      handle_given_.store(clients_[0].handle, std::memory_order_relaxed);
      while (!has_asked_.load(std::memory_order_relaxed)) pause();
      close(clients_[0]);
    });
    thread("other", [this] {
      control::Handle handle = 0;
      while ((handle = handle_given_.load(std::memory_order_relaxed)) == 0) pause();
      control::Position position;
      if (streams_->position(handle, kInput, position) == core::Error::none)
        expect(position.frames == 0 && position.bytes_per_frame == 4, "the position of this stream");
      has_asked_.store(true, std::memory_order_relaxed);
    });
  }

 private:
  core::Stream& first() { return context_.table->streams[0]; }
  std::atomic<control::Handle> handle_given_{0};
  std::atomic<bool> has_asked_{false};
};
const Registered<Handed> handed("opening_handed", "a handle without an order still leads to its stream");

/// A program enables, calls and disables the driver from three threads.
class Visited final : public Play {
 public:
  Visited() {
    begin_doubles();
    allow_long_naps(false);
    control::enable(nullptr);
    thread("control", [] {
      control::disable();
      control::enable(nullptr);
      control::disable();
    });
    constexpr control::Handle kOfTheFirstSlot = 1 << (control::kSlotBits + 1);
    thread("client", [] {
      visit(kOfTheFirstSlot);
      visit(kOfTheFirstSlot);
    });
    thread("other", [] {
      visit(0);
      control::enable(nullptr);
      visit(0);
    });
  }
  void finish() override { control::disable(); }

 private:
  static void visit(control::Handle stream) {
    const control::Visit driver(stream);
    control::Position position;
    if (driver)
      expect(driver->streams().position(0, kOutput, position) == core::Error::bad_handle, "no stream");
  }
};
const Registered<Visited> visited("opening_visited", "a driver is there while a call is inside");

}  // namespace
}  // namespace refwave::memory_model
