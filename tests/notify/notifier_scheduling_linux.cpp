// The scheduling of notifiers, as seen from a client's callback.
#include <gtest/gtest.h>
#include <sched.h>

#include <mutex>

#include "driver/notify/notifiers.h"
#include "hal/system/clock.h"
#include "hal/system/realtime.h"
#include "hal/system/threads.h"
#include "tests/notify/clients.h"
#include "tests/support/eventually.h"
#include "tests/support/status.h"

namespace refwave::notify {
namespace {

using test::eventually;

struct Treatment {
  int policy = 0;
  cpu_set_t processors{};
};

class NotifierScheduling : public testing::Test {
 protected:
  NotifierScheduling() {
    clients_.inside = [this] {
      const std::lock_guard lock(mutex_);
      newest_.policy = sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
      sched_getaffinity(0, sizeof newest_.processors, &newest_.processors);
    };
  }
  void configure(configuration::Wake wake, configuration::Priority priority) {
    configuration::Configuration configuration;
    configuration.wake = wake;
    configuration.spin_percent = 100;
    configuration.notifier_priority = priority;
    notifiers_.configure(configuration);
    ASSERT_TRUE(test::succeeded(notifiers_.ensure(1)));
  }
  /// Effects: delivers a block whose forecast leaves time for a nap. Returns: the delivering thread's
  /// scheduling.
  Treatment tell() {
    constexpr std::int64_t kNapNs = 2'000'000;
    const std::uint64_t before = clients_.total;
    const std::int64_t due_ns = hal::monotonic_now_ns() + kNapNs;
    table_->forecast.publish(1, {.ns = due_ns, .processor = hal::current_processor()});
    for (std::uint64_t i = 1; i <= 2; ++i) {  // the first one has them look at the forecast
      clients_.raise(0);
      EXPECT_TRUE(eventually([&] { return clients_.total == before + i; }));
      if (i == 1) hal::sleep_until_ns(due_ns);
    }
    const std::lock_guard lock(mutex_);
    return newest_;
  }

  std::shared_ptr<core::StreamTable> table_ = std::make_shared<core::StreamTable>();
  std::mutex mutex_;
  Treatment newest_;  // of the thread of the newest message
  Clients clients_{table_};
  Notifiers notifiers_{table_};
};

TEST_F(NotifierScheduling, Under_predict_it_calls_with_its_whole_mask) {
  cpu_set_t all;
  sched_getaffinity(0, sizeof all, &all);
  configure(configuration::Wake::predict, configuration::Priority::ordinary);
  EXPECT_EQ(notifiers_.count(), 2U) << "one may nap, another has to be there for what comes early";
  for (int i = 0; i < 20; ++i) {
    const cpu_set_t inside = tell().processors;
    EXPECT_TRUE(CPU_EQUAL(&inside, &all)) << "a thread that the client starts would inherit it";
  }
}

TEST_F(NotifierScheduling, Realtime_is_what_is_configured_and_granted_and_never_one_that_is_always_awake) {
  configure(configuration::Wake::park, configuration::Priority::ordinary);
  EXPECT_EQ(tell().policy, SCHED_OTHER);
  EXPECT_EQ(notifiers_.statistics().realtime, 0U);
  configure(configuration::Wake::park, configuration::Priority::realtime);
  const bool granted = tell().policy == SCHED_FIFO;
  EXPECT_EQ(notifiers_.statistics().realtime, granted ? 1U : 0U);
  for (const auto wake : {configuration::Wake::park, configuration::Wake::spin}) {
    const bool is_always_awake = wake == configuration::Wake::spin;
    configure(wake, is_always_awake ? configuration::Priority::realtime : configuration::Priority::ordinary);
    EXPECT_EQ(tell().policy, SCHED_OTHER);
    EXPECT_EQ(notifiers_.statistics().realtime, 0U);
  }
}

}  // namespace
}  // namespace refwave::notify
