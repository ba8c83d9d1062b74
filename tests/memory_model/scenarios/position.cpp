// Positions: a seqlock, its floor, and epochs.
#include <atomic>

#include "driver/core/handover/position_clock.h"
#include "tests/memory_model/checker/scenario.h"

namespace refwave::memory_model {
namespace {

constexpr std::int64_t kNow = 5'000'000'000;

/// Returns: a span whose fields fit no other span: mixed with another one it gives an answer that is not
/// answer_of() of any.
core::PositionSpan span_of(std::uint64_t number, std::uint32_t epoch) {
  // By turns the answer is the span's end (long past) and its begin (still to come).
  const bool is_past = number % 2 == 0;
  return {.epoch = epoch,
          .begin = number * 100,
          .end = number * 100 + 10,
          .floor = number * 100 - (number == 0 ? 0 : 50),
          .monotonic_ns = is_past ? 0 : kNow * 2,
          .frames_per_ns = 1.0F};
}
std::uint64_t answer_of(std::uint64_t number) { return number * 100 + (number % 2 == 0 ? 10 : 0); }

/// Returns: a span of epoch 7 that has not begun at kNow.
core::PositionSpan ten_frames_from(std::uint64_t begin) {
  return {.epoch = 7,
          .begin = begin,
          .end = begin + 10,
          .floor = begin,
          .monotonic_ns = kNow * 2,
          .frames_per_ns = 1.0F};
}

/// Two readers while the audio thread publishes.
class Published final : public Play {
 public:
  Published() {
    clock_.publish(span_of(0, 1));
    thread("audio", [this] {
      for (std::uint64_t number = 1; number <= kSpans; ++number) clock_.publish(span_of(number, 1));
    });
    thread("first", [this] { read_twice(); });
    thread("second", [this] { read_twice(); });
  }

 private:
  static constexpr std::uint64_t kSpans = 3;

  static bool is_answer(std::uint64_t frames) {
    for (std::uint64_t number = 0; number <= kSpans; ++number) {
      if (frames == answer_of(number) || frames == span_of(number, 1).floor) return true;
    }
    return false;
  }
  void read_twice() {
    const std::uint64_t first = clock_.read(kNow);
    const std::uint64_t second = clock_.read(kNow);
    expect(is_answer(first) && is_answer(second), "an answer is of one span");
    expect(first <= second, "an answer is not less than the one before");
  }
  core::PositionClock clock_;
};
const Registered<Published> published("position", "positions are whole and do not go back");

/// A reset begins a new epoch at 0. Each answer belongs to one epoch, and epochs do not go back.
class Epochs final : public Play {
 public:
  Epochs() {
    clock_.publish(ten_frames_from(500));
    thread("audio", [this] {
      clock_.publish(ten_frames_from(510));
      clock_.publish({.epoch = 8});
      clock_.publish({.epoch = 8, .begin = 0, .end = 3, .floor = 0, .frames_per_ns = 1.0F});
      clock_.raise_floor(3);
    });
    thread("reader", [this] { read_twice([this] { return clock_.read(kNow); }); });
    thread("finished", [this] { read_twice([this] { return clock_.read_finished(); }); });
  }
  void finish() override {
    expect(clock_.read(kNow) == 3, "no answer of the old epoch is left in the new one");
  }

 private:
  template <typename Read>
  static void read_twice(Read read) {
    const std::uint64_t first = read();
    const std::uint64_t second = read();
    for (const std::uint64_t frames : {first, second})
      expect(frames == 500 || frames == 510 || frames == 0 || frames == 3, "an answer is of one epoch");
    const bool is_reset = first >= 500 && second < 500;
    expect(first >= 500 || second < 500, "no answer of the old epoch comes after one of the new");
    expect(is_reset || first <= second, "epochs do not go back");
  }
  core::PositionClock clock_;
};
const Registered<Epochs> epochs("position_epoch", "a reset restarts the position, once");

/// A place is closed, and opened again for the next stream. Who gets an answer of that stream finds its own
/// handle closed.
class Reopened final : public Play {
 public:
  Reopened() {
    clock_.publish(ten_frames_from(500));
    thread("audio", [this] {
      is_open_.store(false, std::memory_order_relaxed);
      clock_.publish({.epoch = 8});
    });
    thread("first", [this] { ask([this] { return clock_.read(kNow); }); });
    thread("second", [this] { ask([this] { return clock_.read(kNow); }); });
    thread("finished", [this] { ask([this] { return clock_.read_finished(); }); });
  }

 private:
  template <typename Read>
  void ask(Read read) {
    const std::uint64_t frames = read();
    if (is_open_.load(std::memory_order_relaxed)) expect(frames == 500, "an open stream's own position");
  }
  core::PositionClock clock_;
  std::atomic<bool> is_open_{true};
};
const Registered<Reopened> reopened("position_reopened", "an answer of the next stream is known as such");

/// The audio thread stops anywhere in publish(), for good.
class StoppedPublisher final : public Play {
 public:
  StoppedPublisher() {
    clock_.publish(ten_frames_from(500));
    daemon("audio", [this] { clock_.publish(ten_frames_from(510)); });
    falls_asleep("audio", &clock_, sizeof clock_, 1 + choose(12));
    thread("reader", [this] {
      for (int i = 0; i < 3; ++i) {
        const std::uint64_t frames = clock_.read(kNow);
        expect(frames == 500 || frames == 510, "an answer, without the publisher");
      }
    });
  }

 private:
  core::PositionClock clock_;
};
const Registered<StoppedPublisher> stopped_publisher(
    "position_stopped", "a reader does not wait for a publisher that has stopped");

}  // namespace
}  // namespace refwave::memory_model
