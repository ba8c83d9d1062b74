// The scheduling of notifiers, as seen from a client's callback.
#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <mutex>

#include "driver/notify/notifiers.h"
#include "hal/system/clock.h"
#include "hal/system/realtime.h"
#include "hal/system/threads.h"
#include "tests/notify/clients.h"
#include "tests/support/eventually.h"
#include "tests/support/processor_waits.h"
#include "tests/support/status.h"

namespace refwave::notify {
namespace {

using test::eventually;

struct Treatment {
  int policy = 0;
  cpu_set_t processors{};
  std::uint32_t processor = 0;
};

/// The processor of the cache warmer's first run, just after the clock woke its thread.
std::atomic<int> woke_on{-1};
bool note_processor(const core::ClientCallback&, core::Notice, core::ClientHeader*) noexcept {
  int nowhere = -1;
  woke_on.compare_exchange_strong(nowhere, static_cast<int>(hal::current_processor()));
  return true;
}

class NotifierScheduling : public testing::Test {
 protected:
  NotifierScheduling() {
    notifiers_.warm_with(note_processor);
    clients_.inside = [this] {
      const std::lock_guard lock(mutex_);
      newest_.policy = sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
      sched_getaffinity(0, sizeof newest_.processors, &newest_.processors);
      newest_.processor = hal::current_processor();
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
  Treatment tell(std::uint32_t processor) {
    constexpr std::int64_t kNapNs = 2'000'000;
    const std::uint64_t before = clients_.total;
    const std::int64_t due_ns = hal::monotonic_now_ns() + kNapNs;
    table_->forecast.publish(1, {.ns = due_ns, .processor = processor});
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

TEST_F(NotifierScheduling,
       Under_predict_it_wakes_off_the_audio_threads_processor_and_calls_with_its_whole_mask) {
  cpu_set_t all;
  sched_getaffinity(0, sizeof all, &all);
  if (CPU_COUNT(&all) < 2) GTEST_SKIP() << "one processor";
  // The system may wake an ordinary thread elsewhere, and a prompt one where it slept.
  for (const auto priority : {configuration::Priority::ordinary, configuration::Priority::realtime}) {
    configure(configuration::Wake::predict, priority);
    EXPECT_EQ(notifiers_.count(), 2U) << "one may nap, another has to be there for what comes early";
    test::ProcessorWaits waits;
    int wakes = 0, there = 0;  // `there`: on the processor of the audio thread
    Treatment newest;
    EXPECT_TRUE(eventually([&] {
      const std::uint32_t audio = newest.processor;  // where one may have fallen asleep
      woke_on = -1;
      newest = tell(audio);
      EXPECT_TRUE(CPU_EQUAL(&newest.processors, &all)) << "a thread that the client starts would inherit it";
      if (woke_on < 0) return false;  // nobody has napped
      there += woke_on == static_cast<int>(audio) ? 1 : 0;
      return ++wakes == 20;
    }));
    EXPECT_TRUE(there <= 2 || waits.skips_over(std::chrono::milliseconds(8)))
        << there << ": a busy system may move a thread that is awake";
  }
}

TEST_F(NotifierScheduling, Realtime_is_what_is_configured_and_granted_and_never_one_that_is_always_awake) {
  configure(configuration::Wake::park, configuration::Priority::ordinary);
  EXPECT_EQ(tell(0).policy, SCHED_OTHER);
  EXPECT_EQ(notifiers_.statistics().realtime, 0U);
  configure(configuration::Wake::park, configuration::Priority::realtime);
  const bool granted = tell(0).policy == SCHED_FIFO;
  EXPECT_EQ(notifiers_.statistics().realtime, granted ? 1U : 0U);
  for (const auto wake : {configuration::Wake::park, configuration::Wake::spin}) {
    const bool is_always_awake = wake == configuration::Wake::spin;
    configure(wake, is_always_awake ? configuration::Priority::realtime : configuration::Priority::ordinary);
    EXPECT_EQ(tell(0).policy, SCHED_OTHER);
    EXPECT_EQ(notifiers_.statistics().realtime, 0U);
  }
}

}  // namespace
}  // namespace refwave::notify
