// Completion and wake: the ready bits, the searching role, and the notifiers that pass it on.
#include <array>
#include <optional>

#include "driver/core/handover/ready_set.h"
#include "tests/memory_model/scenarios/shared_stream.h"

namespace refwave::memory_model {
namespace {

/// Two streams, two notifiers that sleep, and an audio thread. The loop of a notifier is that of
/// driver/notify/notifiers.cpp with wake = park.
class Woken final : public Play {
 public:
  Woken() {
    streams_[0].write(2);
    streams_[1].write(1);
    thread("audio", [this] {
      period(0);
      period(1);
      period(0);
    });
    daemon("notifier", [this] { notify(); });
    daemon("other", [this] { notify(); });
  }
  void finish() override {
    expect(streams_[0].notified == 2 && streams_[1].notified == 1,
           "every message is delivered, though nothing more comes");
    expect(!ready_.any(), "no bit is left");
  }

 private:
  void period(std::size_t index) {
    SharedStream& stream = streams_[index];
    if (!stream.play_one()) return;
    ready_.set(index);
    if (ready_.any()) waker_.wake_one();
  }
  void notify() {
    for (;;) {
      waker_.sleep_until_role();
      bool has_role = true;
      while (const auto found = claim(has_role)) {
        if (has_role) {
          ++of_role_;
          waker_.give_up_role();
        }
        has_role = false;
        if (ready_.any()) waker_.wake_one();
        streams_[*found].deliver();
      }
    }
  }
  std::optional<std::size_t> claim(bool& has_role) {
    for (;;) {
      while (const auto found = ready_.find()) {
        if (ready_.claim(*found)) return found;
      }
      if (!has_role) return std::nullopt;
      // The owner of the role alone uses CacheWarmer's memory.
      ++of_role_;
      waker_.give_up_role();
      has_role = ready_.any() && waker_.take_role();
      if (!has_role) return std::nullopt;
    }
  }

  std::array<SharedStream, 2> streams_;
  core::ReadySet ready_;
  core::Waker waker_;
  int of_role_ = 0;
};
const Registered<Woken> woken("role", "no message waits while all notifiers sleep; the role guards its data");

}  // namespace
}  // namespace refwave::memory_model
