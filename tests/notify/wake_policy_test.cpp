#include "driver/notify/wake_policy.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "driver/notify/notifiers.h"
#include "hal/system/clock.h"
#include "hal/system/realtime.h"
#include "tests/notify/clients.h"
#include "tests/support/eventually.h"
#include "tests/support/processor_waits.h"

namespace refwave::notify {
namespace {

using test::eventually;

constexpr std::int64_t kMs = 1'000'000;

configuration::Configuration waiting(configuration::Wake wake, std::uint32_t spin_percent) {
  configuration::Configuration configuration;
  configuration.wake = wake;
  configuration.spin_percent = spin_percent;
  return configuration;
}

/// Notifiers of streams without a device.
struct Told {
  explicit Told(const configuration::Configuration& configuration) { notifiers.configure(configuration); }
  bool is_told_of(std::uint64_t messages) {
    return eventually([&] { return clients.total == messages; });
  }

  std::shared_ptr<core::StreamTable> table = std::make_shared<core::StreamTable>();
  Clients clients{table};
  Notifiers notifiers{table};
};

class WakePolicyTest : public testing::TestWithParam<configuration::Wake>, protected Told {
 protected:
  WakePolicyTest() : Told(waiting(GetParam(), 50)) {}
};

TEST_P(WakePolicyTest, Messages_that_come_when_nobody_expects_them_are_delivered) {
  notifiers.ensure(3);
  for (std::size_t i = 1; i <= 2'000; ++i) {
    // Now a guess that is right, now one that is wrong by far, now none.
    const std::int64_t guesses[] = {hal::monotonic_now_ns(), hal::monotonic_now_ns() + 500 * kMs,
                                    core::Forecast::kNone, 0};
    table->forecast.publish(1, {.ns = guesses[i % 4]});
    clients.raise(i % 7);
    ASSERT_TRUE(is_told_of(i)) << i;
  }
}

TEST_P(WakePolicyTest, Ending_does_not_wait_for_what_is_expected) {
  const std::uint64_t abandoned = hal::abandoned_threads();
  {
    Told told(waiting(GetParam(), 50));
    told.notifiers.ensure(2);
    told.table->forecast.publish(1, {.ns = hal::monotonic_now_ns() + 900 * kMs});
    told.clients.raise(1);
    ASSERT_TRUE(told.is_told_of(1));
  }
  EXPECT_EQ(hal::abandoned_threads(), abandoned);
}

INSTANTIATE_TEST_SUITE_P(Policies, WakePolicyTest,
                         testing::Values(configuration::Wake::park, configuration::Wake::predict,
                                         configuration::Wake::spin));

TEST(WakePolicy, A_block_that_comes_as_expected_finds_somebody_awake_and_needs_no_signal) {
  Told told(waiting(configuration::Wake::predict, 100));
  told.notifiers.ensure(2);
  int signals = 0;
  int blocks = 0;
  constexpr int kPatience = 3'000;  // a busy machine may let nobody be awake in time for a while
  while (signals == 2 * blocks && blocks < kPatience) {
    const int i = ++blocks;
    const std::int64_t due_ns = hal::monotonic_now_ns() + 2 * kMs;
    told.table->forecast.publish(1, {.ns = due_ns});
    // Whoever delivered the block before looks at the forecast after that: give it one to look at.
    if (told.clients.raise(0)) ++signals;
    ASSERT_TRUE(told.is_told_of(static_cast<std::uint64_t>(2 * i - 1)));
    while (hal::monotonic_now_ns() < due_ns) std::this_thread::yield();
    if (told.clients.raise(0)) ++signals;
    ASSERT_TRUE(told.is_told_of(static_cast<std::uint64_t>(2 * i)));
  }
  EXPECT_TRUE(eventually([&] { return told.notifiers.statistics().spun_ns > 0; }));
  EXPECT_LT(signals, 2 * blocks) << "nobody was ever awake";
}

std::atomic<int> warmings{0};
bool count_warming(const core::ClientCallback&, core::Notice, core::ClientHeader*, core::Stack) noexcept {
  ++warmings;
  return true;
}

/// What a notifier does that naps, without the role, for a block some milliseconds off, while
/// `meanwhile(table)` happens; Next::sleep if this thread came too late to take the role.
template <typename Meanwhile>
Next after_a_nap(Meanwhile meanwhile) {
  CacheWarmer warmer;
  warmer.set_callback(count_warming);
  warmings = 0;
  core::StreamTable table;
  WakePolicy wake_policy;
  wake_policy.configure(configuration::Wake::predict, 100);
  constexpr std::uint32_t kNoSuchProcessor = 1'023;
  table.forecast.publish(1, {.ns = hal::monotonic_now_ns() + 15 * kMs, .processor = kNoSuchProcessor});
  EXPECT_TRUE(table.waker.take_role());
  Next next = Next::sleep;
  std::atomic<bool> is_over{false};
  std::thread napper([&] {
    hal::Scheduling scheduling;
    next = wake_policy.wait(table, warmer, scheduling);
    is_over = true;
  });
  bool has_role = false;
  EXPECT_TRUE(eventually([&] { return (has_role = table.waker.take_role()) || is_over; }));
  if (has_role) meanwhile(table);
  napper.join();
  return has_role ? next : Next::sleep;
}

/// Returns: as after_a_nap(), of a try in which the machine let the test do its part before the nap was over.
template <typename Meanwhile>
Next after_a_nap_in_time(Meanwhile meanwhile) {
  Next next = Next::sleep;
  for (int tries = 0; tries < 200 && next == Next::sleep; ++tries) next = after_a_nap(meanwhile);
  return next;
}

TEST(WakePolicy, Who_is_awake_too_early_keeps_the_caches_warm) {
  constexpr int kAgain = 3;
  constexpr int kMost =
      1 + 380 / 20;  // us of the lead and of the patience; a late notifier does so less often
  for (int tries = 0; tries < 200 && warmings < kAgain; ++tries) {
    after_a_nap([](core::StreamTable& table) { table.waker.give_up_role(); });
    EXPECT_LE(warmings, kMost);
  }
  EXPECT_GE(warmings, kAgain);
}

TEST(WakePolicy, Who_was_too_late_for_the_role_looks_all_the_same) {
  EXPECT_EQ(after_a_nap_in_time([](core::StreamTable& table) { table.ready.set(0); }),
            Next::search_without_role);
}

TEST(WakePolicy, Who_finds_the_role_free_after_a_nap_searches) {
  EXPECT_EQ(after_a_nap_in_time([](core::StreamTable& table) {
              table.ready.set(0);
              table.waker.give_up_role();
            }),
            Next::search);
}

TEST(WakePolicy, Bursts_lose_nothing) {
  Told told(waiting(configuration::Wake::predict, 5));
  told.notifiers.ensure(2);
  const std::int64_t begin_ns = hal::monotonic_now_ns();
  std::uint64_t raised = 0;
  // As PortAudio does with much latency: two periods come at once, then nothing for the time of two.
  for (std::int64_t next_ns = begin_ns; next_ns < begin_ns + 400 * kMs; next_ns += 4 * kMs) {
    hal::sleep_until_ns(next_ns);
    for (int i = 0; i < 2; ++i, ++raised) {
      told.clients.raise(0);
      told.table->forecast.publish(1, {.ns = hal::monotonic_now_ns() + 2 * kMs});
    }
  }
  EXPECT_TRUE(told.is_told_of(raised)) << told.clients.total;
  EXPECT_GT(told.notifiers.statistics().spun_ns, 0U) << "nobody has ever waited for a burst";
}

TEST(WakePolicy, Spinning_stays_within_its_share) {
  constexpr std::uint32_t kPercent = 5;
  Told told(waiting(configuration::Wake::predict, kPercent));
  told.notifiers.ensure(2);
  const test::ProcessorWaits waits;
  const std::int64_t begin_ns = hal::monotonic_now_ns();
  std::uint64_t raised = 0;
  while (hal::monotonic_now_ns() - begin_ns <
         500 * kMs) {  // always expected, never in time: the worst there is
    told.table->forecast.publish(1, {.ns = hal::monotonic_now_ns() + 100'000});
    told.clients.raise(0);
    ++raised;
    ASSERT_TRUE(told.is_told_of(raised));
  }
  const std::int64_t passed_ns = hal::monotonic_now_ns() - begin_ns;
  // A spin is over before its allowance is looked at again: one too many, and the allowance saved up before.
  // One that has no processor meanwhile counts, too.
  EXPECT_LE(static_cast<std::int64_t>(told.notifiers.statistics().spun_ns),
            passed_ns * kPercent / 100 + 10 * kMs + waits.length() / std::chrono::nanoseconds(1));
}

}  // namespace
}  // namespace refwave::notify
