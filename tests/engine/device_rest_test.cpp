// Devices that take their audio in bursts, and rest between them: the engine keeps them, unless their server
// does not answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "driver/engine/engine.h"
#include "driver/journal/log_file.h"
#include "tests/engine/engine_helpers.h"

namespace refwave::engine {
namespace {

using namespace test;
using testing::HasSubstr;

class EngineWithResting : public testing::Test {
 protected:
  EngineWithResting() { device->pause_ms = 600; }
  /// Effects: the device plays, and then makes no callback.
  void fall_silent(AssembledDriver& driver) {
    driver.open(client);
    for (int i = 0; i < 100; ++i) driver.write(client, kPeriod);
    ASSERT_TRUE(eventually([&] { return client.done > 5; }));
    device->calls = false;
  }

  Client client;
  std::shared_ptr<test::Faults> device = faults();
};

TEST_F(EngineWithResting, A_device_is_kept_while_it_rests) {
  device->answer = hal::ServerAnswer::answers;
  device->nap_us = 10'000;
  AssembledDriver driver({}, 1, device);
  fall_silent(driver);
  ASSERT_TRUE(eventually([&] { return device->questions > 5; })) << "one at each tick";
  device->calls = true;
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
  EXPECT_EQ(driver.output->statistics().losses, 0U);
}

TEST_F(EngineWithResting, A_device_whose_server_does_not_answer_is_replaced) {
  device->pause_ms = 60'000;
  device->answer = hal::ServerAnswer::silent;
  device->nap_us = 10'000;
  AssembledDriver driver({}, 1, device);
  std::string told;
  std::string problem;
  driver.context.journal->log_to(
      journal::LogFile::start([&](std::string_view more) { return told += more, more.size(); }, 1, problem));
  fall_silent(driver);
  device->does_not_open = true;
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_THAT(driver.context.journal->text(), HasSubstr("has stopped calling"));
  driver.context.journal->log_to(nullptr)->end();
  EXPECT_THAT(told, HasSubstr("would be normal, and its server does not answer"));
}

TEST_F(EngineWithResting, A_device_that_nobody_can_be_asked_about_is_replaced_after_its_rest) {
  device->nap_us = 10'000;
  AssembledDriver driver({}, 1, device);
  fall_silent(driver);
  device->does_not_open = true;
  EXPECT_TRUE(eventually([&] { return device_in_use(driver) == "clocked"; }));
  EXPECT_GT(device->questions, 0U);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(client.in_order());
}

}  // namespace
}  // namespace refwave::engine
