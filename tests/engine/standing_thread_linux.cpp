// A clocked device whose thread stands still in a client's memory or callback: another clocked device takes
// over, and the other clients do not notice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "driver/engine/engine.h"
#include "tests/engine/engine_helpers.h"
#include "tests/support/late_page.h"

namespace refwave::engine {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::Not;

configuration::Configuration with(configuration::Completion completion) {
  configuration::Configuration configuration;
  configuration.completion = completion;
  return configuration;
}

/// Effects: queues a header whose memory is `page`.
void write_page(AssembledDriver& driver, Client& client, const LatePage& page) {
  Client::Sent& sent = client.make(1);
  sent.header.data = page.data();
  sent.header.length = static_cast<std::uint32_t>(page.size());
  ASSERT_EQ(driver.streams->write(client.handle, hal::Direction::output, sent.header), core::Error::none);
}

/// Expects: the client's queued headers are done in order, and the device has been replaced.
void expect_served(AssembledDriver& driver, Client& client) {
  EXPECT_TRUE(eventually([&] { return client.all_done(); })) << client.done;
  EXPECT_TRUE(client.in_order());
  EXPECT_GE(driver.output->statistics().losses, 1U)
      << "more on a machine that lets the next thread wait, too";
  EXPECT_THAT(driver.context.journal->text(), HasSubstr("another clocked device takes over"));
  EXPECT_THAT(driver.context.journal->text(), Not(HasSubstr("until it is back")));
}

class StandingThread : public testing::TestWithParam<configuration::Completion> {};

TEST_P(StandingThread, Of_a_page_that_does_not_arrive_stops_its_own_stream_alone) {
  LatePage page;
  Client stuck;
  Client other;
  AssembledDriver driver(with(GetParam()));
  ASSERT_EQ(driver.open(stuck), core::Error::none);
  ASSERT_EQ(driver.open(other), core::Error::none);
  for (int i = 0; i < 100; ++i) driver.write(other, kPeriod);
  for (int i = 0; i < 5; ++i) driver.write(stuck, kPeriod);
  write_page(driver, stuck, page);
  page.leave();
  ASSERT_TRUE(eventually([&] { return page.is_awaited(); }));
  expect_served(driver, other);
  EXPECT_TRUE(eventually([&] { return stuck.all_done(); })) << "in silence";
  EXPECT_TRUE(stuck.in_order());
  page.arrive();
  EXPECT_EQ(driver.close(stuck), core::Error::none);
  EXPECT_EQ(driver.close(other), core::Error::none);
}

INSTANTIATE_TEST_SUITE_P(Completion, StandingThread,
                         testing::Values(configuration::Completion::deferred,
                                         configuration::Completion::direct),
                         [](const auto& completion) {
                           return completion.param == configuration::Completion::direct ? "direct"
                                                                                        : "deferred";
                         });

TEST(StandingThread, Of_a_direct_callback_that_does_not_return_stops_its_own_stream_alone) {
  std::atomic<bool> hold{true};
  std::atomic<bool> inside{false};
  Client stuck;
  Client other;
  stuck.inside = [&] {
    inside = true;
    eventually([&] { return !hold; }, std::chrono::minutes(1));
  };
  AssembledDriver driver(with(configuration::Completion::direct));
  ASSERT_EQ(driver.open(stuck), core::Error::none);
  ASSERT_EQ(driver.open(other), core::Error::none);
  for (int i = 0; i < 100; ++i) driver.write(other, kPeriod);
  // In the period in which the other stream's first header ends, too.
  driver.write(stuck, kPeriod);
  ASSERT_TRUE(eventually([&] { return inside.load(); }));
  expect_served(driver, other);
  hold = false;
  EXPECT_TRUE(eventually([&] { return stuck.all_done(); }));
}

}  // namespace
}  // namespace refwave::engine
