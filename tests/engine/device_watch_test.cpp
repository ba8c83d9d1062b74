// The watchdog's rule for a silent device: how long it may rest, and when its server is asked.
#include "driver/engine/device_watch.h"

#include <gtest/gtest.h>

namespace refwave::engine {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kTickNs = 10 * kMs;

/// A running device, examined at each tick.
class DeviceWatched : public testing::Test {
 protected:
  DeviceWatched() { call(); }
  void call() { device.called_ns = now_ns; }
  /// Effects: examines the device after another tick. Returns: the finding.
  Finding look() {
    now_ns += kTickNs;
    const Finding finding = watch.examine(device, now_ns);
    return finding == Finding::silent ? watch.judge(device, now_ns) : finding;
  }
  /// Returns: the silence in ms after which `wanted` is first found; 0 if not within ten seconds.
  std::int64_t silence_until(Finding wanted) {
    while (now_ns - device.called_ns < 10'000 * kMs)
      if (look() == wanted) return (now_ns - device.called_ns) / kMs;
    return 0;
  }
  /// Effects: the device is silent for so long, and then calls.
  void rest(std::int64_t ms) {
    for (const std::int64_t end_ns = now_ns + ms * kMs; now_ns < end_ns;) look();
    call();
    look();
  }

  std::int64_t now_ns = 1'000 * kMs;
  DeviceWatch watch{2'000};
  DeviceState device{
      .running = true, .requested_ns = 500 * kMs, .usual_gap_ns = 200 * kMs, .pause_ns = 2'500 * kMs};
};

TEST_F(DeviceWatched, A_device_that_takes_no_rests_is_given_up_after_its_usual_gap) {
  device.pause_ns = 0;
  EXPECT_EQ(silence_until(Finding::stopped_calling), 210);
  call();
  rest(190);
  EXPECT_EQ(silence_until(Finding::stopped_calling), 210) << "a busy machine is no rhythm";
}

TEST_F(DeviceWatched, A_device_that_rests_is_asked_after_and_kept_for_its_rest) {
  EXPECT_EQ(silence_until(Finding::silent), 210);
  EXPECT_EQ(silence_until(Finding::stopped_calling), 2'510);
}

TEST_F(DeviceWatched, A_server_that_answers_gets_more_time_and_a_sink_that_stands_still_is_found) {
  device.answer = hal::ServerAnswer::answers;
  EXPECT_EQ(silence_until(Finding::stopped_calling), 4'010);
}

TEST_F(DeviceWatched, The_rests_that_a_device_has_taken_are_its_rhythm) {
  rest(1'000);
  EXPECT_EQ(silence_until(Finding::silent), 1'510) << "half as long again is no reason to ask";
  rest(190);
  EXPECT_EQ(silence_until(Finding::stopped_calling), 3'410) << "twice the longest rest";
}

TEST_F(DeviceWatched, The_silence_of_a_device_that_was_replaced_is_no_rest) {
  EXPECT_EQ(silence_until(Finding::stopped_calling), 2'510);
  watch.note_change();
  call();
  look();
  EXPECT_EQ(silence_until(Finding::stopped_calling), 2'510);
}

}  // namespace
}  // namespace refwave::engine
