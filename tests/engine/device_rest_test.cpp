// Devices that take their audio in bursts, and rest between them: the engine keeps them, unless their server
// does not answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "driver/engine/engine.h"
#include "driver/event_log/log_file.h"
#include "tests/engine/engine_helpers.h"

namespace refwave::engine {
namespace {

using namespace test;
using testing::HasSubstr;

class EngineWithResting : public EngineTest {
 protected:
  EngineWithResting() {
    device->pause_ms = 600;
    device->nap_us = 10'000;
  }
  void play_and_rest() {
    write(100);
    ASSERT_TRUE(is_told_of(6));
    device->calls = false;
  }
};

TEST_F(EngineWithResting, A_device_is_kept_while_it_rests) {
  device->answer = hal::ServerAnswer::answers;
  start();
  play_and_rest();
  ASSERT_TRUE(eventually([&] { return device->questions > 5; })) << "one at each tick";
  device->calls = true;
  EXPECT_TRUE(completes());
  EXPECT_EQ(driver->output->statistics().losses, 0U);
}

TEST_F(EngineWithResting, A_device_whose_server_does_not_answer_is_replaced) {
  device->pause_ms = 60'000;
  device->answer = hal::ServerAnswer::silent;
  std::string told;
  std::string problem;
  start();
  driver->context.event_log->log_to(event_log::LogFile::start(
      [&](std::string_view more) { return told += more, more.size(); }, 1, problem));
  play_and_rest();
  device->does_not_open = true;
  EXPECT_TRUE(completes());
  EXPECT_THAT(event_log(), HasSubstr("has stopped calling"));
  driver->context.event_log->log_to(nullptr)->end();
  EXPECT_THAT(told, HasSubstr("would be normal, and its server does not answer"));
}

}  // namespace
}  // namespace refwave::engine
