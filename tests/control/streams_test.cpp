// The life of streams: their end, handles that are used again, opens that meet the driver's end.
#include "driver/control/streams.h"

#include <gtest/gtest.h>

#include <thread>

#include "hal/system/clock.h"
#include "tests/stream/assembled_driver.h"

namespace refwave::control {
namespace {

using test::AssembledDriver;
using test::Client;
using test::eventually;
using test::kOutput;
using test::kStepped;

TEST(Streams, A_close_after_a_reset_waits_for_nothing_that_was_played_before) {
  using std::chrono::steady_clock;
  configuration::Configuration half_a_second;
  half_a_second.period = 24'000;
  const auto close_takes = [&](bool reset) {
    Client client;
    AssembledDriver driver(half_a_second, 1);
    EXPECT_EQ(driver.open(client), Error::none);
    driver.write(client, 10);
    EXPECT_TRUE(eventually([&] { return client.all_done(); }));
    if (reset) driver.reset(client);
    const auto begun = steady_clock::now();
    EXPECT_EQ(driver.close(client), Error::none);
    return steady_clock::now() - begun;
  };
  EXPECT_GT(close_takes(false), std::chrono::milliseconds(250)) << "the program may exit next";
  // On a loud machine some closes are slow; one that waited for played audio would always be.
  bool is_quick = false;
  for (int tries = 0; tries < 20 && !is_quick; ++tries)
    is_quick = close_takes(true) < std::chrono::milliseconds(250);
  EXPECT_TRUE(is_quick);
}

TEST(Streams, The_end_of_a_process_waits_for_what_was_reported_done) {
  configuration::Configuration half_a_second;
  half_a_second.period = 24'000;
  for (const bool reset : {true, false}) {
    Client client;
    AssembledDriver driver(half_a_second, 1);
    ASSERT_EQ(driver.open(client), Error::none);
    driver.write(client, 10);
    ASSERT_TRUE(eventually([&] { return client.all_done(); }));
    if (reset) {
      driver.reset(client);
      ASSERT_EQ(driver.close(client), Error::none);
    }
    const std::int64_t done_ns = client.sent.front().done_ns;
    driver.streams->drain([] {});
    EXPECT_GE(hal::monotonic_now_ns() - done_ns, 250'000'000) << reset;
  }
}

TEST(Streams, A_handle_is_never_zero_though_its_generations_have_run_out) {
  Generations<std::uint32_t> counts;
  counts.add(0, 0xFFFF'FFFEU);
  EXPECT_NE(next_handle(counts, 0, kOutput), 0U);
  EXPECT_NE(next_handle(counts, 0, kOutput), 0U);
}

TEST(Streams, A_handle_of_32_bits_is_another_one_for_eight_million_opens_of_its_slot) {
  constexpr std::uint32_t kOpens = 1U << 23U;
  Generations<std::uint32_t> counts;
  const std::uint32_t first = next_handle(counts, 7, kOutput);
  for (std::uint32_t i = 1; i < kOpens; ++i) ASSERT_NE(next_handle(counts, 7, kOutput), first) << i;
  EXPECT_EQ(counts.rounds(7), 1U);
  EXPECT_EQ(next_handle(counts, 7, kOutput), first) << "from here on other slots come first";
}

TEST(Streams, A_client_that_gets_its_open_while_all_streams_are_closed_hears_of_the_close_afterwards) {
  Client client;
  std::atomic<bool> hold{true};
  std::atomic<bool> inside{false};
  client.inside_open = [&] {
    inside = true;
    eventually([&] { return !hold; });
    EXPECT_EQ(client.closed, 0U);
  };
  AssembledDriver driver({}, kStepped);
  Error result = Error::none;
  std::thread opening([&] { result = driver.open(client); });
  ASSERT_TRUE(eventually([&] { return inside.load(); }));
  driver.streams->close_all();
  hold = false;
  opening.join();
  EXPECT_EQ(client.opened, 1U);
  EXPECT_EQ(client.closed, 1U);
  EXPECT_EQ(result, Error::no_device) << "as if the driver had ended before";
  EXPECT_EQ(driver.streams->total().streams, 0U);
}

}  // namespace
}  // namespace refwave::control
