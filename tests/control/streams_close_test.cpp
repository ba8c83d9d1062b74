// Streams::close() after a reset, and the close of all streams.
#include <gtest/gtest.h>

#include <chrono>
#include <deque>

#include "tests/stream/assembled_driver.h"

namespace refwave::control {
namespace {

using test::AssembledDriver;
using test::Client;
using test::eventually;
using test::kStepped;

TEST(Streams, Closing_all_tells_every_client_whatever_is_queued) {
  std::deque<Client> clients(20);
  {
    AssembledDriver driver({}, kStepped);
    for (Client& client : clients) {
      driver.open(client, 16);
      for (int i = 0; i < 30; ++i) driver.write(client, 1'000);
    }
    driver.step(2);
  }
  for (Client& client : clients) {
    EXPECT_TRUE(client.all_done());
    EXPECT_TRUE(client.in_order());
    EXPECT_EQ(client.closed, 1U);
    EXPECT_EQ(client.after_close, 0U);
  }
}

TEST(Streams, A_close_after_a_reset_waits_for_nothing_that_was_played_before) {
  using std::chrono::steady_clock;
  configuration::Configuration half_a_second;
  half_a_second.period = 24'000;
  for (const bool reset : {true, false}) {
    Client client;
    AssembledDriver driver(half_a_second, 1);
    ASSERT_EQ(driver.open(client), Error::none);
    driver.write(client, 10);
    ASSERT_TRUE(eventually([&] { return client.all_done(); }));
    if (reset) driver.reset(client);
    const auto begun = steady_clock::now();
    EXPECT_EQ(driver.close(client), Error::none);
    const auto waited = steady_clock::now() - begun;
    if (reset) {
      EXPECT_LT(waited, std::chrono::milliseconds(250));
    } else {
      EXPECT_GT(waited, std::chrono::milliseconds(250)) << "the program may exit next";
    }
  }
}

}  // namespace
}  // namespace refwave::control
