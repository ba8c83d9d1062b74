// How the system treats notifiers, asked from inside a client's callback.
#include <gtest/gtest.h>
#include <sched.h>

#include <mutex>

#include "driver/notify/notifiers.h"
#include "hal/system/clock.h"
#include "hal/system/realtime.h"
#include "hal/system/scheduling.h"
#include "hal/system/thread_id.h"
#include "tests/support/eventually.h"

namespace refwave::notify {
namespace {

using test::eventually;

struct Treatment {
  int policy = 0;
  cpu_set_t processors{};
};

/// Keeps how the thread of the newest message was treated.
struct Asker final : SlotOwner {
  explicit Asker(std::shared_ptr<core::StreamTable> slots) : table(std::move(slots)) {
    table->streams[0].delivery.claim();
    table->streams[0].delivery.publish();
  }

  void deliver(std::size_t slot) noexcept override {
    core::DeliveryState& delivery = table->streams[slot].delivery;
    if (!delivery.hold()) return;
    do {
      const std::lock_guard lock(mutex);
      newest.policy = sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
      sched_getaffinity(0, sizeof newest.processors, &newest.processors);
      ++delivered;
    } while (delivery.release());
  }
  /// It has just woken up by the clock.
  void warm_caches() noexcept override { woke_on = static_cast<int>(hal::current_processor()); }
  Treatment treatment() {
    const std::lock_guard lock(mutex);
    return newest;
  }

  const std::shared_ptr<core::StreamTable> table;
  std::atomic<std::uint64_t> delivered{0};
  std::atomic<int> woke_on{-1};

 private:
  std::mutex mutex;
  Treatment newest;
};

class NotifierScheduling : public testing::Test {
 protected:
  void configure(configuration::Wake wake, configuration::Priority priority) {
    configuration::Configuration configuration;
    configuration.wake = wake;
    configuration.spin_percent = 100;
    configuration.notifier_priority = priority;
    notifiers_.configure(configuration);
    ASSERT_EQ(notifiers_.ensure(1), "");
  }
  /// Effects: one block, foreseen so long before that there is time for a nap. Returns: how it was told.
  Treatment tell(std::uint32_t processor) {
    constexpr std::int64_t kNapNs = 2'000'000;
    const std::uint64_t before = asker_->delivered;
    const std::int64_t due_ns = hal::monotonic_now_ns() + kNapNs;
    table_->forecast.publish(1, {.ns = due_ns, .processor = processor});
    for (std::uint64_t i = 1; i <= 2; ++i) {  // the first one has them look at the forecast
      if (table_->streams[0].delivery.post()) table_->ready.set(0);
      table_->waker.wake_one();
      EXPECT_TRUE(eventually([&] { return asker_->delivered == before + i; }));
      if (i == 1) hal::sleep_until_ns(due_ns);
    }
    return asker_->treatment();
  }

  std::shared_ptr<core::StreamTable> table_ = std::make_shared<core::StreamTable>();
  std::shared_ptr<Asker> asker_ = std::make_shared<Asker>(table_);
  Notifiers notifiers_{table_, asker_};
};

TEST_F(NotifierScheduling,
       Under_predict_it_wakes_off_the_audio_threads_processor_and_calls_with_its_whole_mask) {
  cpu_set_t all;
  sched_getaffinity(0, sizeof all, &all);
  if (CPU_COUNT(&all) < 2) GTEST_SKIP() << "one processor";
  configure(configuration::Wake::predict, configuration::Priority::ordinary);
  EXPECT_EQ(notifiers_.count(), 2U) << "one may nap, another has to be there for what comes early";
  int wakes = 0;
  EXPECT_TRUE(eventually([&] {
    const std::uint32_t audio = hal::current_processor();
    asker_->woke_on = -1;
    const Treatment treatment = tell(audio);
    EXPECT_TRUE(CPU_EQUAL(&treatment.processors, &all)) << "a thread that the client starts would inherit it";
    if (asker_->woke_on < 0) return false;  // nobody has napped
    EXPECT_NE(asker_->woke_on, static_cast<int>(audio));
    return ++wakes == 20;
  }));
}

TEST_F(NotifierScheduling, Realtime_is_asked_for_where_it_is_configured_and_counted_where_it_is_granted) {
  configure(configuration::Wake::park, configuration::Priority::ordinary);
  EXPECT_EQ(tell(0).policy, SCHED_OTHER);
  EXPECT_EQ(notifiers_.statistics().realtime, 0U);
  configure(configuration::Wake::park, configuration::Priority::realtime);
  const bool granted = tell(0).policy == SCHED_FIFO;
  EXPECT_EQ(notifiers_.statistics().realtime, granted ? 1U : 0U);
  configure(configuration::Wake::park, configuration::Priority::ordinary);
  EXPECT_EQ(tell(0).policy, SCHED_OTHER);
  EXPECT_EQ(notifiers_.statistics().realtime, 0U);
}

TEST_F(NotifierScheduling, One_that_is_always_awake_is_never_realtime) {
  configure(configuration::Wake::spin, configuration::Priority::realtime);
  EXPECT_EQ(tell(0).policy, SCHED_OTHER);
  EXPECT_EQ(notifiers_.statistics().realtime, 0U);
}

}  // namespace
}  // namespace refwave::notify
