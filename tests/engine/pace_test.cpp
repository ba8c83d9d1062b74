// Devices that keep no schedule, as numbers: 40 ms that are taken 10 ms at a time.
#include "driver/engine/pace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

namespace refwave::engine {
namespace {

constexpr std::int64_t kOneMs = 1'000'000;
constexpr std::int64_t kPaceNs = 10 * kOneMs;
constexpr std::int64_t kHoldsNs = 40 * kOneMs;

/// A device that calls whenever it has room for a period, unless somebody is late.
class UnscheduledDevice {
 public:
  /// `ahead`: how much more than its buffer its server takes at once.
  explicit UnscheduledDevice(std::int64_t ahead = 0, bool reports_queue = true)
      : ahead_(ahead), reports_queue_(reports_queue) {
    play(kHoldsNs * 20);
  }

  /// Effects: time goes by, with a callback whenever there is room; at last the device is full.
  void play(std::int64_t ns) {
    fill();
    for (const std::int64_t end = now_ + ns; now_ < end; fill())
      // What it has taken ahead it plays before it calls again.
      pass(ahead_ > 0 ? queued_ : queued_ + kPaceNs - kHoldsNs);
  }
  enum class Meanwhile { plays, keeps, catches_up };
  /// Effects: nobody calls for so long.
  void miss(std::int64_t ns, Meanwhile what) {
    pass(ns, what != Meanwhile::plays);
    if (what == Meanwhile::keeps) queued_ += ns;
  }

  std::int64_t calls = 0;
  std::int64_t late = 0;  // callbacks that were told
  std::int64_t late_ns = 0;
  std::int64_t lost_ns = 0;

 private:
  void call() {
    ++calls;
    queued_ += kPaceNs;
    const std::int64_t reported = reports_queue_ ? std::max(queued_ - kPaceNs, std::int64_t{0}) : 0;
    if (const auto over = pace_.take(now_, kPaceNs, reported)) {
      ++late;
      late_ns = over->late_ns;
      lost_ns += over->lost_ns;
    }
  }
  void fill() {
    while (queued_ + kPaceNs <= kHoldsNs + ahead_) call();
  }
  void pass(std::int64_t ns, bool owes = false) {
    now_ += ns;
    queued_ = owes ? queued_ - ns : std::max(queued_ - ns, std::int64_t{0});
  }

  const std::int64_t ahead_;
  const bool reports_queue_;
  Pace pace_{kHoldsNs};
  std::int64_t now_ = 1;
  std::int64_t queued_ = 0;
};

TEST(Pace, Loses_nothing_while_the_device_plays) {
  UnscheduledDevice device;
  device.play(100'000 * kOneMs);
  EXPECT_GT(device.calls, 10'000);
  EXPECT_EQ(device.late, 0);
}

struct Misses {
  const char* device;
  std::int64_t ms;  // of each
  UnscheduledDevice::Meanwhile meanwhile;
  double lost_ms;
  double within_ms;
  std::int64_t late = 1;
  int times = 1;
  std::int64_t ahead_ms = 0;
  bool reports_queue = true;
};

TEST(Pace, A_device_that_was_not_called_in_time_loses_what_it_did_not_play) {
  using enum UnscheduledDevice::Meanwhile;
  for (const Misses& of : {Misses{"still had sound", 25, plays, 0, 0, 0, 10},
                           {"ran dry and loses all but what it had", 300, plays, 260, 11},
                           {"stood still", 300, keeps, 300, 11},
                           // Streams may have run dry by it.
                           {"takes at once what it missed", 300, catches_up, 0, 0},
                           {"has a server whose queue ran out", 100, plays, 20, 5, 1, 1, 40},
                           {"has a server that takes seconds", 2'060, plays, 20, 5, 1, 1, 2'000},
                           {"reports no queue", 60, plays, 20, 5, 1, 1, 0, false},
                           {"has several gaps", 100, plays, 20 * 60, 20 * 11, 20, 20}}) {
    SCOPED_TRACE(of.device);
    UnscheduledDevice device(of.ahead_ms * kOneMs, of.reports_queue);
    for (int i = 0; i < of.times; ++i) {
      device.miss(of.ms * kOneMs, of.meanwhile);
      device.play((of.ahead_ms == 0 ? 500 : 10'000) * kOneMs);
    }
    EXPECT_NEAR(static_cast<double>(device.lost_ns) / kOneMs, of.lost_ms, of.within_ms);
    if (of.ahead_ms != 0) continue;  // each rest of such a server is reported
    EXPECT_EQ(device.late, of.late);
    EXPECT_GE(device.late_ns, of.late == 0 ? 0 : (of.ms - 10) * kOneMs);
  }
}

TEST(Pace, Loses_nothing_by_a_rest_at_the_start_but_reports_it) {
  Pace pace(kHoldsNs);
  std::int64_t now = 1;
  for (int i = 0; i < 4; ++i) pace.take(now, kPaceNs, i * kPaceNs);
  now += 2'000 * kOneMs;
  pace.take(now, kPaceNs, 0);
  EXPECT_GE(pace.behind_ns(), 1'990 * kOneMs) << "streams may run dry by what it takes now";
  std::optional<LateCallback> late;
  for (int i = 0; i < 400; ++i) {
    // One burst, and then as fast as it plays.
    now += pace.behind_ns() > 0 ? kOneMs : kPaceNs;
    if (const auto over = pace.take(now, kPaceNs, kHoldsNs - kPaceNs)) late = over;
  }
  EXPECT_EQ(pace.behind_ns(), 0);
  ASSERT_TRUE(late);
  EXPECT_EQ(late->late_ns, 1'990 * kOneMs);
  EXPECT_EQ(late->lost_ns, 0);
}

}  // namespace
}  // namespace refwave::engine
