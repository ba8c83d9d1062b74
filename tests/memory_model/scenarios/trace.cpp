// The ring of trace events; a trace that begins while threads run.
#include <array>
#include <memory>

#include "driver/core/trace/trace.h"
#include "tests/memory_model/checker/scenario.h"

namespace refwave::memory_model {
namespace {

/// Two recorders and a reader, in a ring that is too small for them.
class Recorded final : public Play {
 public:
  Recorded() {
    thread("audio", [this] { record(1); });
    thread("notifier", [this] { record(2); });
    thread("reader", [this] {
      for (int i = 0; i < 4; ++i) read();
    });
  }
  void finish() override {
    while (read() != 0) {
    }
    expect(last_[1] + last_[2] + ring_.dropped() >= kEvents, "an event is read or counted as dropped");
    expect(read_ + ring_.dropped() == 2 * kEvents, "no event is lost");
    const std::uint64_t dropped = ring_.dropped();
    for (std::uint32_t i = 1; i <= kRoom; ++i) ring_.record({.ns = 7, .thread = 1, .block = kEvents + i});
    expect(ring_.dropped() == dropped && read() == kRoom, "a ring that was full has all its room");
  }

 private:
  static constexpr std::uint32_t kEvents = 3;
  static constexpr std::uint32_t kRoom = 2;

  void record(std::uint64_t thread) {
    for (std::uint32_t i = 1; i <= kEvents; ++i)
      ring_.record({.ns = 7, .thread = thread, .block = i, .slot = 1, .kind = 1});
  }
  std::size_t read() {
    std::array<core::TraceEvent, kRoom> events;
    const std::size_t count = ring_.read(events);
    for (std::size_t i = 0; i < count; ++i) {
      expect(events[i].ns == 7, "an event is whole");
      expect(events[i].block > last_.at(events[i].thread), "one thread's events are in order");
      last_.at(events[i].thread) = events[i].block;
    }
    read_ += count;
    return count;
  }
  core::TraceRing ring_{kRoom};
  std::array<std::uint32_t, 3> last_{};
  std::size_t read_ = 0;
};
const Registered<Recorded> recorded("trace_ring", "no event is lost, torn or out of order");

/// A trace is started and stopped while two threads pass its points.
class Traced final : public Play {
 public:
  Traced() {
    thread("control", [this] {
      trace_->start();
      std::array<core::TraceEvent, 4> events;
      std::uint64_t dropped = 0;
      trace_->read(events, dropped);
      trace_->stop();
      trace_->start(core::Trace::bit(core::TraceKind::called));
      trace_->stop();
    });
    thread("audio", [this] {
      for (std::uint32_t i = 0; i < 3; ++i) trace_->note(core::TraceKind::finished, 1, i);
    });
    thread("notifier", [this] {
      for (std::uint32_t i = 0; i < 3; ++i) trace_->note(core::TraceKind::called, 1, i);
    });
  }

 private:
  std::unique_ptr<core::Trace> trace_ = std::make_unique<core::Trace>();
};
const Registered<Traced> traced("trace", "a trace may begin and end at any time");

}  // namespace
}  // namespace refwave::memory_model
