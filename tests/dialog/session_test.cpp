// The configuration dialog and a running driver: the test tone beside its streams, and settings that take
// effect immediately or after a restart.
#include "driver/dialog/dialog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>

#include "driver/control/driver_gate.h"
#include "tests/support/own_alsa.h"

namespace refwave::dialog {
namespace {

using configuration::Configuration;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr dsp::Format kFormat{.type = dsp::SampleType::s16, .channels = 2, .rate = 48'000};

/// An enabled driver on the clocked device.
class Dialog_session : public testing::Test {
 protected:
  Dialog_session() {
    ::setenv("REFWAVE_CONFIG", "", 1);
    control::enable(nullptr, [] { return configuration::Configuration(); });
    control::DriverReference()->configure("output = clocked; input = clocked");
    clocked_.output = clocked_.input = {"clocked"};
  }
  ~Dialog_session() override { control::disable(); }

  std::vector<std::string> play(const Configuration& wanted) {
    std::vector<std::string> lines;
    play_tone(stopped_, clocked_, wanted, [&](std::string line) { lines.push_back(std::move(line)); });
    return lines;
  }
  static control::Handle open_stream() {
    control::Handle handle = 0;
    EXPECT_EQ(control::DriverReference()->open(0, hal::Direction::output, kFormat, {}, handle),
              core::Error::none);
    return handle;
  }

  // Without this machine's ALSA plugins.
  const test::OwnAlsa alsa_{"pcm.!default { type null }\nctl.!default { type hw card 99 }\n"};
  Configuration clocked_;
  std::atomic<bool> stopped_{false};
};

TEST_F(Dialog_session, The_tone_ends_in_a_line_with_latency_device_and_period) {
  Configuration wanted = clocked_;
  wanted.period = 96;
  wanted.completion = configuration::Completion::direct;
  const auto lines = play(wanted);
  EXPECT_THAT(lines.front(), StartsWith("Playing: "));
  EXPECT_THAT(lines.back(), AllOf(StartsWith("Played: blocks done after "), HasSubstr(" ms (p50), "),
                                  HasSubstr("ms (p99)"), HasSubstr("clocked, 96 frames at 48000 a second")));
}

TEST_F(Dialog_session, The_tone_leaves_the_streams_of_the_driver_alone) {
  const control::Handle handle = open_stream();
  play(clocked_);
  EXPECT_EQ(control::DriverReference()->statistics().streams, 1U);
  EXPECT_EQ(control::DriverReference()->statistics().blocks, 0U);
  EXPECT_EQ(control::DriverReference()->streams().close(handle, hal::Direction::output), core::Error::none);
}

TEST_F(Dialog_session, A_device_that_does_not_open_is_reported_with_the_reason) {
  Configuration wanted = clocked_;
  wanted.output = {"no such device"};
  EXPECT_THAT(play(wanted), testing::ElementsAre(
                                AllOf(StartsWith("The device did not open: "), HasSubstr("no such device"))));
  wanted.output.clear();
  EXPECT_THAT(play(wanted), testing::ElementsAre(HasSubstr("No output device")));
}

TEST_F(Dialog_session, A_clock_that_stands_still_ends_the_tone_with_a_reason) {
  control::DriverReference()->configure("clock = 0");
  EXPECT_THAT(play(clocked_).back(), HasSubstr("has played nothing for three seconds"));
}

TEST_F(Dialog_session, Without_a_driver_nothing_plays_and_there_is_nothing_to_list) {
  control::disable();
  EXPECT_THAT(play(clocked_), testing::ElementsAre("The driver is not running."));
  EXPECT_TRUE(present_devices().empty());
  EXPECT_EQ(take_over(clocked_, {}), DRVCNF_OK) << "it reads them when it starts";
}

TEST_F(Dialog_session, Settings_take_effect_immediately_while_no_stream_is_open) {
  Configuration wanted = clocked_;
  wanted.output = {"clocked", "clocked"};
  EXPECT_EQ(take_over(clocked_, wanted), DRVCNF_OK);
  EXPECT_EQ(control::DriverReference()->devices(hal::Direction::output), 2U);
}

TEST_F(Dialog_session, With_a_stream_open_new_settings_wait_for_a_restart_but_none_need_no_restart) {
  const control::Handle handle = open_stream();
  Configuration wanted = clocked_;
  wanted.period = 64;
  EXPECT_EQ(take_over(clocked_, wanted), DRVCNF_RESTART);
  EXPECT_EQ(take_over(clocked_, clocked_), DRVCNF_OK);
  EXPECT_EQ(control::DriverReference()->streams().close(handle, hal::Direction::output), core::Error::none);
  EXPECT_EQ(take_over(clocked_, wanted), DRVCNF_OK);
}

}  // namespace
}  // namespace refwave::dialog
