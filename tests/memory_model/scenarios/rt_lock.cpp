// RtLock, when it is seized from a thread that stopped; the membership mask; and the gate: who may be in a
// device's callback.
#include <atomic>
#include <mutex>

#include "driver/core/handover/rt_lock.h"
#include "driver/core/stream/audio_section.h"
#include "hal/callback_gate.h"
#include "tests/memory_model/scenarios/one_stream.h"

namespace refwave::memory_model {
namespace {

/// The one that seizes a lock has the token from another thread, without an order (Stream::overdue). It sees
/// what was done in earlier acquisitions.
class Inherited final : public Play {
 public:
  Inherited() {
    thread("first", [this] {
      const core::RtLock::Token mine = lock_.try_acquire();
      if (mine == 0) return;
      ++guarded_;
      lock_.release(mine);
      has_done_.store(true, std::memory_order_relaxed);
    });
    // It dies there.
    thread("second", [this] {
      for (int i = 0; i < 3 && lock_.try_acquire() == 0; ++i) pause();
    });
    thread("engine", [this] {
      core::RtLock::Token seen = 0;
      for (int i = 0; i < 4; ++i) {
        const core::RtLock::Token inside = lock_.inside();
        if (inside != 0 && inside == seen) overdue_.store(inside, std::memory_order_relaxed);
        seen = inside;
        pause();
      }
    });
    thread("supervisor", [this] {
      for (int i = 0; i < 4; ++i) {
        const auto theirs = overdue_.exchange(0, std::memory_order_relaxed);
        // The first thread does not stop: it is not taken for dead.
        if (theirs != 0 && has_done_.load(std::memory_order_relaxed)) seize(theirs);
        pause();
      }
    });
  }

 private:
  void seize(core::RtLock::Token theirs) {
    const core::RtLock::Token mine = lock_.seize(theirs);
    if (mine == 0) return;
    ++guarded_;
    lock_.release(mine);
  }
  core::RtLock lock_;
  std::atomic<core::RtLock::Token> overdue_{0};
  std::atomic<bool> has_done_{false};  // the first thread
  int guarded_ = 0;
};
const Registered<Inherited> inherited("rt_lock_inherited", "who seizes the lock sees what was done before");

/// A stream that two devices' threads serve, though only one of them is at work. Its audio state is replaced.
class OneState : public OneStream {
 protected:
  OneState() { open(hal::Direction::output); }
  /// As Streams::replace_state() and Members::serve_again().
  bool replace(core::RtLock::Token theirs) {
    const std::lock_guard lock(slot().mutex);
    if (theirs == 0 || !core::replace_overdue(slot(), theirs)) return false;
    post();
    core::RtLock::Token mine = 0;
    while ((mine = slot().lock.try_acquire_control()) == 0) pause();
    slot().audio().move_to(kEpoch, core::Timed::every_block);
    slot().lock.release(mine);
    return true;
  }
  core::DeviceRound round() { return {table_, membership_, kEpoch, core::Completion::deferred}; }
};

/// Any thread may be taken for dead between its acquisition and its work.
class Unlooked final : public OneState {
 public:
  Unlooked() {
    for (const char* name : {"audio", "other"}) {
      thread(name, [this] {
        core::DeviceRound served = round();
        for (int i = 0; i < 3; ++i) served.each(true, [](core::AudioState&) { return 0U; });
      });
    }
    thread("control", [this] {
      for (int i = 0; i < 4; ++i) replace(slot().lock.inside());
    });
    thread("looker", [this] {
      for (int i = 0; i < 3; ++i) {
        expect(!slot().has_something_to_do(), "nothing is queued");
        expect(slot().position(0) == 0, "nothing has been played");
      }
    });
  }
  void finish() override { expect(!slot().lock.is_held(), "the lock is free"); }
};
const Registered<Unlooked> unlooked("state_unlooked",
                                    "who finds a fresh audio state finds the lock gone, too");

/// A thread finishes a block and dies. Another one replaces the audio state without having heard of it. The
/// owner may be at work meanwhile, with the block before.
class Finished final : public OneState {
 public:
  Finished() {
    for (std::size_t i = 0; i < 3; ++i) slot().write(headers_.block(i));
    round().each(true, finish_one);
    post();
    daemon("audio", [this] {
      round().each(true, [this](core::AudioState& state) {
        const std::uint32_t finished = finish_one(state);
        has_finished_.store(true, std::memory_order_relaxed);
        static_cast<void>(stop_.load(std::memory_order_relaxed));
        return finished;
      });
    });
    falls_asleep("audio", &stop_, sizeof stop_, 1);
    thread("other", [this] {
      core::DeviceRound served = round();
      for (int i = 0; i < 3; ++i) {
        if (!has_replaced_.load(std::memory_order_relaxed)) continue;
        served.each(true, finish_one);
      }
    });
    thread("control", [this] {
      while (!has_finished_.load(std::memory_order_relaxed)) pause();
      while (!replace(slot().lock.inside())) pause();
      const std::lock_guard lock(slot().mutex);
      slot().write(headers_.block(3));
      has_replaced_.store(true, std::memory_order_relaxed);
    });
    thread("notifier", [this] {
      for (int i = 0; i < 4; ++i) {
        deliver_hinted();
        pause();
      }
    });
  }
  void finish() override {
    deliver_hinted();
    expect(notified_ == slot().audio().ring().released() && notified_ >= 3,
           "every header that is done was notified");
    expect(slot().position(0) >= 12, "what was given back has been played");
  }

 private:
  std::atomic<int> stop_{0};
  std::atomic<bool> has_finished_{false};
  std::atomic<bool> has_replaced_{false};
};
const Registered<Finished> finished("state_finished",
                                    "what a dead thread has finished is delivered with the rest");

/// A stream is furnished, attached to an engine, served, and taken away again.
class Attached final : public Play {
 public:
  Attached() {
    thread("control", [this] {
      ++furnished_;
      membership_.add(70);
      pause();
      membership_.remove(70);
      core::RtLock::Token mine = 0;
      while ((mine = lock_.try_acquire_control()) == 0) pause();
      furnished_ = 0;
      is_there_ = false;
      lock_.release(mine);
    });
    thread("audio", [this] {
      for (int period = 0; period < 3; ++period) {
        if (membership_.word(1) == 0) continue;
        const core::RtLock::Token mine = lock_.try_acquire();
        if (mine == 0) continue;
        if (is_there_) expect(furnished_ == 1, "an attached stream is whole");
        lock_.release(mine);
      }
    });
  }

 private:
  core::RtLock lock_;
  core::MembershipMask membership_;
  int furnished_ = 0;
  bool is_there_ = true;
};
const Registered<Attached> attached("membership", "a stream in the membership is whole");

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
const Registered<Gate> gate("gate", "the gate is empty when the wait is over");

}  // namespace
}  // namespace refwave::memory_model
