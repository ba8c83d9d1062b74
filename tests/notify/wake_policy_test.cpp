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

struct Notified {
  explicit Notified(const configuration::Configuration& configuration) { notifiers.configure(configuration); }
  bool is_notified_of(std::uint64_t messages) {
    return eventually([&] { return clients.total == messages; });
  }

  std::shared_ptr<core::StreamTable> table = std::make_shared<core::StreamTable>();
  Clients clients{table};
  Notifiers notifiers{table};
};

TEST(WakePolicy, Ending_does_not_wait_for_a_forecast_block) {
  const std::uint64_t abandoned = hal::abandoned_threads();
  for (const auto wake :
       {configuration::Wake::park, configuration::Wake::predict, configuration::Wake::spin}) {
    Notified notified(waiting(wake, 50));
    notified.notifiers.ensure(2);
    notified.table->forecast.publish(1, {.ns = hal::monotonic_now_ns() + 900 * kMs});
    notified.clients.raise(1);
    ASSERT_TRUE(notified.is_notified_of(1));
  }
  EXPECT_EQ(hal::abandoned_threads(), abandoned);
}

TEST(WakePolicy, A_forecast_block_finds_a_notifier_awake_and_needs_no_signal) {
  Notified notified(waiting(configuration::Wake::predict, 100));
  notified.notifiers.ensure(2);
  int signals = 0;
  int blocks = 0;
  constexpr int kPatience = 3'000;  // on a busy machine no notifier may be awake in time
  while (signals == 2 * blocks && blocks < kPatience) {
    const int i = ++blocks;
    const std::int64_t due_ns = hal::monotonic_now_ns() + 2 * kMs;
    notified.table->forecast.publish(1, {.ns = due_ns});
    // After its delivery the notifier looks at the forecast.
    if (notified.clients.raise(0)) ++signals;
    ASSERT_TRUE(notified.is_notified_of(static_cast<std::uint64_t>(2 * i - 1)));
    while (hal::monotonic_now_ns() < due_ns) std::this_thread::yield();
    if (notified.clients.raise(0)) ++signals;
    ASSERT_TRUE(notified.is_notified_of(static_cast<std::uint64_t>(2 * i)));
  }
  EXPECT_TRUE(eventually([&] { return notified.notifiers.statistics().spun_ns > 0; }));
  EXPECT_LT(signals, 2 * blocks) << "nobody was ever awake";
}

std::atomic<int> warmings{0};
bool count_warming(const core::ClientCallback&, core::Notice, core::ClientHeader*) noexcept {
  ++warmings;
  return true;
}

/// Returns: what a notifier does after a nap without the role, during which `meanwhile(table)` ran;
/// Next::sleep if this thread came too late to take the role.
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

/// Returns: as after_a_nap(), but retries until this thread was in time.
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

TEST(WakePolicy, Spinning_stays_within_its_share) {
  constexpr std::uint32_t kPercent = 5;
  Notified notified(waiting(configuration::Wake::predict, kPercent));
  notified.notifiers.ensure(2);
  test::ProcessorWaits waits;
  const std::int64_t begin_ns = hal::monotonic_now_ns();
  std::uint64_t raised = 0;
  while (hal::monotonic_now_ns() - begin_ns <
         500 * kMs) {  // always expected, never in time: the worst there is
    notified.table->forecast.publish(1, {.ns = hal::monotonic_now_ns() + 100'000});
    notified.clients.raise(0);
    ++raised;
    ASSERT_TRUE(notified.is_notified_of(raised));
  }
  const std::int64_t passed_ns = hal::monotonic_now_ns() - begin_ns;
  // The allowance is checked between spins: one spin too many, plus the allowance saved before. Time without
  // a processor counts, too.
  const std::int64_t over_ns = static_cast<std::int64_t>(notified.notifiers.statistics().spun_ns) -
                               (passed_ns * kPercent / 100 + 10 * kMs);
  EXPECT_TRUE(over_ns <= 0 || waits.skips_over(std::chrono::milliseconds(over_ns / kMs))) << over_ns;
}

}  // namespace
}  // namespace refwave::notify
