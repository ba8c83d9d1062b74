#include "driver/notify/wake_policy.h"

#include <gtest/gtest.h>

#include <thread>

#include "driver/notify/notifiers.h"
#include "hal/system/clock.h"
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

/// The next open keeps a retiring thread that is still in a callback.
TEST(Notifiers, A_thread_in_a_callback_stays_when_it_is_needed_again) {
  Notified notified(waiting(configuration::Wake::park, 0));
  Clients& clients = notified.clients;
  clients.blocked = 5;
  clients.hold = true;
  notified.notifiers.ensure(2);
  clients.raise(5);
  ASSERT_TRUE(eventually([&] { return clients.begun == 1; }));
  // As the supervisor does, with no stream open.
  for (std::int64_t now_ns = 0; now_ns < 6'000 * kMs; now_ns += 100 * kMs)
    notified.notifiers.trim(now_ns, [] { return std::size_t{0}; });
  EXPECT_EQ(notified.notifiers.count(), 0U);
  notified.notifiers.ensure(2);
  for (std::uint64_t i = 1; i <= 100; ++i) {
    clients.raise(3);
    ASSERT_TRUE(eventually([&] { return clients.delivered[3] == i; })) << i;
  }
  clients.hold = false;
  EXPECT_TRUE(eventually([&] { return clients.delivered[5] == 1; }));
}

constexpr std::uint32_t kFewMissed = 3;  // of a thousand

TEST(Lead, Is_what_all_naps_needed_but_for_as_many_as_may_be_missed) {
  for (const auto& [may_be_missed, needed_ns] : {std::pair{kFewMissed, 60'000}, {50U, 20'000}}) {
    Lead lead;
    for (int i = 0; i < 1'000; ++i) lead.note(i % 100 == 0 ? 60'000 : 20'000, may_be_missed);
    EXPECT_GT(lead.ns(), needed_ns);
    EXPECT_LE(lead.ns(), needed_ns + 2 * Lead::kStepNs);
  }
}

TEST(Lead, Grows_while_it_is_too_short_and_stays_in_its_range) {
  Lead lead;
  for (int i = 0; i < 1'000; ++i) lead.note(10'000, kFewMissed);
  const std::int64_t before_ns = lead.ns();
  for (int i = 0; i < 1'000; ++i) lead.note_too_short(kFewMissed);
  EXPECT_GT(lead.ns(), before_ns);
  EXPECT_LE(lead.ns(), Lead::kMostNs);
}

TEST(Lead, Forgets_how_the_machine_was) {
  Lead lead;
  for (int i = 0; i < 2'000; ++i) lead.note(200'000, kFewMissed);
  ASSERT_GT(lead.ns(), 200'000);
  for (int i = 0; i < 20'000; ++i) lead.note(-5'000, kFewMissed);
  EXPECT_LT(lead.ns(), 10'000);
}

}  // namespace
}  // namespace refwave::notify
