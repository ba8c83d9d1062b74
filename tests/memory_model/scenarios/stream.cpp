// One stream with a small ring, without an engine: its headers that wait outside the ring, and the look of a
// thread that may close the device.
#include <mutex>

#include "driver/core/stream/client_access.h"
#include "tests/memory_model/scenarios/one_stream.h"

namespace refwave::memory_model {
namespace {

/// A client, an audio thread and a notifier share the stream. The ring has room for two headers.
class SmallRing : public OneStream {
 public:
  SmallRing() {
    open(hal::Direction::output, 2);
    for (core::ClientHeader& header : headers_.header) header.flags = core::kPrepared;
  }
  void finish() override {
    deliver_hinted();
    expect(notified_ == flagged(), "every finished header is delivered");
    expect(!slot().delivery.is_busy(), "no delivery is under way");
    expect(slot().waiting.load() == 0 || in_ring() == 2, "no header waits while the ring has room");
  }

 protected:
  void write(std::size_t count) {
    for (; count > 0; --count) {
      core::Submission submission;
      expect(submission.begin(headers_.header[written_], hal::Direction::output, 2) == core::Error::none,
             "a header of the client's");
      const std::lock_guard lock(slot().mutex);
      expect(slot().write(submission.block()), "queued");
      ++written_;
    }
  }
  /// Finishes up to `count` headers, as an audio thread does with the lock.
  void play(std::size_t count) {
    for (; count > 0; --count) {
      pause();
      const core::RtLock::Token mine = slot().lock.try_acquire();
      if (mine == 0) continue;
      core::AudioState& state = *slot().audio_state.load(std::memory_order_acquire);
      state.enter(mine);
      if (finish_one(state) != 0) post();
      slot().lock.release(mine);
    }
  }
  void serve(int times) {
    for (; times > 0; --times) {
      if (table_->ready.any()) deliver_hinted();
      pause();
    }
  }
  std::size_t flagged() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < written_; ++i) count += headers_.is_done(i) ? 1 : 0;
    return count;
  }
  std::uint32_t in_ring() {
    const core::BlockRing& ring = slot().audio().ring();
    return ring.written() - ring.notified();
  }
};

/// The owner takes the last entries while a header goes into the list.
class Waits final : public SmallRing {
 public:
  Waits() {
    const std::size_t count = 3 + choose(2);
    thread("client", [this, count] { write(count); });
    thread("audio", [this] { play(4); });
    thread("notifier", [this] { serve(6); });
  }
};
const Registered<Waits> waits("stream_waits", "who queues outside the ring, or who makes room, moves it in");

/// As the engine's ticks. The third header moves from the list into the ring meanwhile, and is played.
class LooksIdle final : public SmallRing {
 public:
  LooksIdle() {
    write(3);
    thread("audio", [this] { play(4); });
    thread("notifier", [this] { serve(4); });
    thread("keeper", [this] {
      for (int i = 0; i < 6; ++i)
        expect(slot().has_something_to_do() || headers_.is_done(2), "a header neither seen nor done");
    });
  }
};
const Registered<LooksIdle> looks_idle("stream_idle", "a look without the mutex misses no header");

/// Who sees a header done may be early: the thread that has flagged it keeps the lock until the cursor has
/// moved and the message is posted. As Streams::is_queued() and Streams::settle().
class LooksDone final : public SmallRing {
 public:
  LooksDone() {
    thread("client", [this] {
      write(1);
      wait_until_done();
      const std::lock_guard lock(slot().mutex);
      while (slot().lock.inside() != 0) pause();
      expect(!slot().queued(), "once the lock is free, the cursor has moved");
    });
    thread("audio", [this] {
      while (!headers_.is_done(0)) play(1);
    });
    thread("notifier", [this] {
      while (notified_ == 0) serve(1);
    });
    thread("other", [this] {
      wait_until_done();
      while (slot().lock.is_held() || slot().delivery.is_busy()) pause();
      expect(notified_ == 1, "who has waited for all messages has had them");
    });
  }

 private:
  void wait_until_done() const {
    while (!headers_.is_done(0)) pause();
  }
};
const Registered<LooksDone> looks_done("stream_done", "who sees a header done finds when all of it is over");

}  // namespace
}  // namespace refwave::memory_model
