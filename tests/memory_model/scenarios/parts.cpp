// Small parts of the engine and the notifiers, each alone: a device's side, the start of a device, the
// journal, the threads that call clients back.
#include <array>
#include <atomic>

#include "driver/engine/device_side.h"
#include "driver/journal/journal.h"
#include "dsp/filter_bank.h"
#include "hal/system/owned_thread.h"
#include "tests/memory_model/scenarios/one_driver.h"

namespace refwave::memory_model {
namespace {

/// As DeviceOpener::learn_stack(): who has seen a callback knows its thread.
class Called final : public Play {
 public:
  Called() {
    side_.prepare({.name = {}, .format = kFormat, .period_frames = 4});
    thread("audio", [this] { side_.process({.data = data_.data(), .frames = 4, .monotonic_ns = 1}); });
    thread("control", [this] {
      while (side_.last_period_ns() == 0) pause();
      expect(side_.audio_thread() != 0, "the thread of a callback that was seen");
    });
  }

 private:
  static constexpr dsp::Format kFormat{dsp::SampleType::s16, 1, 48'000, 0};
  std::array<std::byte, 8> data_{};
  engine::DeviceSide side_{std::make_shared<core::StreamTable>(), std::make_shared<core::Roster>(),
                           std::make_shared<std::atomic<std::uint32_t>>(0xFFFF'FFFFU),
                           engine::SideSettings{.epoch = 1}};
};
const Registered<Called> called("part_side", "who has seen a device's callback knows its thread");

/// As Driver::step(): who has waited for the start finds the device started, whichever device it is.
class StartAwaited final : public OneDriver {
 public:
  StartAwaited() {
    if (choose(2) == 0) next_start_fails();
    thread("client", [this] {
      write();
      engine_->wait_until_running();
      expect(newest_device_has_started(), "the device that serves has started");
    });
  }

 private:
  bool tick() override { return false; }
};
const Registered<StartAwaited> start_awaited("part_start", "who has waited for the start finds it done");

/// As streams_idle, but no device plays: the device of a client that has nothing queued is closed as idle,
/// and the client writes again.
class WrittenLate final : public OneDriver {
 public:
  WrittenLate() : OneDriver(with(&configuration::Configuration::linger_ms, 0U)) {
    thread("client", [this] {
      write();
      while (!may_close_.load(std::memory_order_relaxed)) pause();
      write();
    });
    thread("audio", [this] {
      while (!finish_one()) pause();
      may_close_.store(true, std::memory_order_relaxed);
      housekeeper_.wake();
    });
  }
  void finish() override {
    OneDriver::finish();
    expect(engine_->has_device(), "the header that is queued has a device");
  }

 private:
  bool tick() override {
    if (!may_close_.load(std::memory_order_relaxed)) return false;
    return engine_->tick(hal::monotonic_now_ns() + 10'000'000);
  }
  /// As a device that runs, without its samples.
  bool finish_one() {
    core::BlockRing& ring = slot().half.load(std::memory_order_acquire)->ring();
    if (!ring.queued()) return false;
    engine_->wait_until_running();
    const core::RtLock::Token mine = slot().lock.try_acquire();
    if (mine == 0) return false;
    core::AudioHalf& half = *slot().half.load(std::memory_order_acquire);
    half.enter(mine);
    const bool is_there = ring.playing() != nullptr;
    if (is_there) {
      ring.set_play(ring.play() + 1);
      half.finish_until(ring.play(), 0);
      if (slot().delivery.post()) context_.table->ready.set(0);
    }
    slot().lock.release(mine);
    context_.table->waker.wake_one();
    return is_there;
  }
  std::atomic<bool> may_close_{false};
};
const Registered<WrittenLate> written_late("part_idle", "a device that is closed as idle meets a write");

/// Warnings of several threads, and the log that is exchanged meanwhile.
class Told final : public Play {
 public:
  Told() {
    for (const char* name : {"first", "second"}) {
      thread(name, [this, name] {
        journal_.add(name);
        journal_.tell([] { return std::string("for the log alone"); });
      });
    }
    thread("reader", [this] {
      journal_.log_to(nullptr);
      static_cast<void>(journal_.text());
    });
  }
  void finish() override { expect(journal_.text().size() == 13, "both lines are kept"); }

 private:
  journal::Journal journal_;
};
const Registered<Told> told("part_journal", "lines of several threads are kept");

/// Two opens make sure of their notifiers, and the driver ends meanwhile.
class Counted final : public Play {
 public:
  Counted() {
    begin_doubles();
    for (const char* name : {"first", "second"})
      thread(name, [this] { static_cast<void>(notifiers_.ensure(2)); });
    thread("ender", [this] {
      notifiers_.end();
      expect(!notifiers_.ensure(3).ok(), "no thread starts after the end");
    });
  }

 private:
  notify::Notifiers notifiers_{std::make_shared<core::StreamTable>()};
};
const Registered<Counted> counted("part_notifiers", "threads that call clients: started once, ended once");

/// An open takes a stream and makes sure of its notifier, while the housekeeper ends those that nobody needs.
class Trimmed final : public Play {
 public:
  Trimmed() {
    begin_doubles();
    thread("client", [this] {
      core::Stream* const stream = table_->take_free([](std::size_t) { return 0; });
      expect(stream != nullptr, "a stream is free");
      expect(notifiers_.ensure(table_->threads_needed()).ok(), "a thread");
      stream->delivery.finish(core::DeliveryState::Closer::holds);
    });
    thread("housekeeper", [this] {
      for (std::int64_t minute = 1; minute <= 3; ++minute)
        notifiers_.trim(minute * 60'000'000'000, [this] { return table_->threads_needed(); });
    });
    thread("control", [this] { static_cast<void>(table_->in_use()); });
  }
  void finish() override {
    expect(!table_->in_use(), "the place is given back");
    notifiers_.end();
  }

 private:
  std::shared_ptr<core::StreamTable> table_ = std::make_shared<core::StreamTable>();
  notify::Notifiers notifiers_{table_};
};
const Registered<Trimmed> trimmed("part_trim",
                                  "threads that nobody needs end, also while a stream is opened");

/// Two control threads make a conversion of the same rates, and give it back.
class Shared final : public Play {
 public:
  Shared() {
    for (const char* name : {"first", "second"}) {
      thread(name, [] {
        const auto bank = dsp::shared_bank(dsp::bank_key(dsp::Quality::fastest, 1, 2));
        expect(bank != nullptr && bank->coefficients[0] == bank->coefficients[0], "a bank");
      });
    }
  }
};
const Registered<Shared> shared("part_bank", "resamplers of the same rates share a filter");

}  // namespace
}  // namespace refwave::memory_model
