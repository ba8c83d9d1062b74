// Devices that fail, and the clocked device that takes over.
#include "driver/engine/engine.h"

#include <gtest/gtest.h>

#include "tests/engine/engine_helpers.h"

namespace refwave::engine {
namespace {

using namespace test;

using EngineLoss = EngineTest;

TEST_F(EngineLoss, The_clock_takes_over_though_the_sound_server_does_not_answer) {
  start();
  write(300);
  ASSERT_TRUE(is_told_of(3));
  device->lists_slowly = true;
  device->opens_slowly = true;
  device->calls = false;
  EXPECT_TRUE(is_in_use("clocked"));
  device->lists_slowly = false;
  device->opens_slowly = false;
}

std::size_t count_of(std::string_view part, const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST_F(EngineLoss, A_device_that_is_lost_again_and_again_is_not_a_warning_each_time) {
  device->lost_after = 5;
  start();
  write(1'000);
  ASSERT_TRUE(eventually([&] { return driver->output->statistics().losses >= 3; }));
  EXPECT_LT(count_of("was lost", event_log()), driver->output->statistics().losses);
  EXPECT_LE(count_of("\" is back", event_log()), count_of("was lost", event_log()));
  EXPECT_EQ(driver->reset(client), core::Error::none);
}

TEST_F(EngineLoss, Opening_a_stream_does_not_wait_while_the_device_is_tried_again) {
  device->lost_after = 5;
  start();
  write(500);
  ASSERT_TRUE(eventually([&] { return driver->output->statistics().losses == 1; }));
  device->opens_slowly = true;
  ASSERT_TRUE(eventually([&] { return device->slow_calls == 1; }));
  std::atomic<bool> opened{false};
  std::thread thread([&] {
    driver->open(other);
    opened = true;
  });
  EXPECT_TRUE(eventually([&] { return opened.load(); }));
  device->opens_slowly = false;
  thread.join();
}

}  // namespace
}  // namespace refwave::engine
