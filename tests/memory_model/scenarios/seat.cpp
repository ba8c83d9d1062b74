// The seat: who may touch a stream; the roster; devices that come and go; a thread that dies in the seat. And
// the gate: who may be in a device's callback.
#include <memory>

#include "driver/core/stream/stream_table.h"
#include "hal/callback_gate.h"
#include "tests/memory_model/checker/scenario.h"

namespace refwave::memory_model {
namespace {

/// An audio thread and two control threads change what the seat guards.
class Sitting final : public Play {
 public:
  Sitting() {
    thread("audio", [this] {
      for (int period = 0; period < 3; ++period) {
        if (!slot_.sit_down()) continue;
        ++guarded_;
        ++periods_;
        slot_.stand_up(core::Seat::audio);
      }
    });
    thread("first", [this] { sit(); });
    thread("second", [this] { sit(); });
  }
  void finish() override { expect(guarded_ == periods_ + 2, "every change counted"); }

 private:
  void sit() {
    slot_.wanted.fetch_add(1, std::memory_order_relaxed);
    while (!slot_.try_seat(core::Seat::control)) pause();
    ++guarded_;
    slot_.stand_up(core::Seat::control);
    slot_.wanted.fetch_sub(1, std::memory_order_relaxed);
  }
  core::Stream slot_;
  int guarded_ = 0;
  int periods_ = 0;
};
const Registered<Sitting> sitting("seat", "what the seat guards has one user at a time");

/// The audio thread stays in the seat; a control thread retires it and goes on without it.
class Retired final : public Play {
 public:
  Retired() {
    slot_.silent_frames = kUnset;
    slot_.position.publish({.epoch = 1});
    thread("audio", [this] {
      if (!slot_.sit_down()) return;
      slot_.position.publish({.epoch = 1, .begin = 0, .end = 7, .floor = 0, .monotonic_ns = 0});
      if (slot_.is_retired()) expect_position();
      slot_.stand_up(core::Seat::audio);
    });
    thread("control", [this] {
      while (slot_.seat.load(std::memory_order_relaxed) != core::Seat::audio) {
        if (slot_.try_seat(core::Seat::control)) return;
      }
      if (slot_.retire(2'000'000'000)) is_retired_ = true;
    });
    thread("reader", [this] {
      if (slot_.is_retired()) expect_position();
    });
  }
  void finish() override {
    expect(!is_retired_ || slot_.seat.load() == core::Seat::retired, "a retired seat stays retired");
  }

 private:
  void expect_position() {
    const std::uint64_t position = slot_.silent_frames.load(std::memory_order_relaxed);
    expect(position != kUnset, "who sees the seat retired sees its position");
  }
  static constexpr std::uint64_t kUnset = 99;
  core::Stream slot_;
  bool is_retired_ = false;
};
const Registered<Retired> retired("retired", "who sees a retired seat sees its position");

/// A stream is furnished, attached to an engine, served, and taken away again.
class Attached final : public Play {
 public:
  Attached() {
    slot_.device_epoch = 5;
    thread("control", [this] {
      ++furnished_;
      roster_.add(70);
      pause();
      roster_.remove(70);
      while (!slot_.try_seat(core::Seat::control)) pause();
      furnished_ = 0;
      slot_.device_epoch.store(0, std::memory_order_relaxed);
      slot_.stand_up(core::Seat::control);
    });
    thread("audio", [this] {
      for (int period = 0; period < 3; ++period) {
        if (roster_.word(1) == 0 || !slot_.sit_down()) continue;
        if (slot_.device_epoch.load(std::memory_order_relaxed) == 5)
          expect(furnished_ == 1, "an attached stream is whole");
        slot_.stand_up(core::Seat::audio);
      }
    });
  }

 private:
  core::Stream slot_;
  core::Roster roster_;
  int furnished_ = 0;
};
const Registered<Attached> attached("roster", "a stream in the roster is whole");

/// A control thread moves a stream from one device to the next; both devices' threads call.
class Moved final : public Play {
 public:
  Moved() {
    slot_.device_epoch = 1;
    thread("old device", [this] { serve(1, &of_old_); });
    thread("new device", [this] { serve(2, &of_new_); });
    thread("control", [this] {
      while (!slot_.try_seat(core::Seat::control)) pause();
      pipeline_ = std::make_unique<int>(2);
      slot_.device_epoch.store(2, std::memory_order_relaxed);
      slot_.stand_up(core::Seat::control);
    });
  }

 private:
  void serve(std::uint32_t epoch, int* bus) {
    for (int period = 0; period < 2; ++period) {
      if (!slot_.sit_down()) continue;
      if (slot_.device_epoch.load(std::memory_order_relaxed) == epoch) {
        expect(*pipeline_ == static_cast<int>(epoch), "a device works with its own pipeline");
        *bus += *pipeline_;
      }
      slot_.stand_up(core::Seat::audio);
    }
  }
  core::Stream slot_;
  std::unique_ptr<int> pipeline_ = std::make_unique<int>(1);
  int of_old_ = 0;
  int of_new_ = 0;
};
const Registered<Moved> moved("epoch", "a late call of a dead device touches nothing");

/// A control thread shuts the gate, changes what lies behind it, and opens it again.
class Gate final : public Play {
 public:
  Gate() {
    gate_.open();
    thread("audio", [this] {
      for (int i = 0; i < 3; ++i) {
        if (!gate_.enter()) continue;
        behind_ = behind_ + 1;
        gate_.leave();
      }
    });
    thread("control", [this] {
      for (int i = 0; i < 2; ++i) {
        gate_.shut();
        expect(gate_.wait_until_empty(std::chrono::steady_clock::time_point::max()), "the gate gets empty");
        behind_ = 0;
        gate_.open();
      }
    });
  }

 private:
  hal::CallbackGate gate_;
  int behind_ = 0;
};
const Registered<Gate> gate("gate", "nobody is inside when the wait is over");

}  // namespace
}  // namespace refwave::memory_model
