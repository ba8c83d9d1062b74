#include "driver/engine/device_thread.h"

#include <gtest/gtest.h>

#include <atomic>

#include "driver/engine/supervisor.h"
#include "hal/system/clock.h"
#include "tests/support/eventually.h"

namespace refwave::engine {
namespace {

using test::eventually;

/// As an engine may, if a task holds the last reference to it.
TEST(DeviceThread, What_a_task_held_may_post_from_its_destructor) {
  std::atomic<int> posted{0};
  DeviceThread thread;
  std::shared_ptr<void> object(nullptr, [&](void*) {
    thread.post([] {});
    ++posted;
  });
  thread.post([object = std::move(object)] {});
  EXPECT_TRUE(test::eventually([&] { return posted == 1; })) << "it waits for itself";
}

TEST(DeviceThread, A_call_that_hangs_is_left_behind_and_counted) {
  const std::uint64_t abandoned = hal::abandoned_threads();
  const auto hold = std::make_shared<std::atomic<bool>>(true);
  {
    DeviceThread thread;
    thread.post([hold] {
      while (*hold) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
    thread.end();
  }
  EXPECT_EQ(hal::abandoned_threads(), abandoned + 1);
  *hold = false;
  EXPECT_TRUE(test::eventually([&] { return hold.use_count() == 1; }));
}

TEST(Supervisor, A_burst_of_wakes_is_no_time) {
  std::atomic<std::int64_t> ticks{0};
  Supervisor keeper([&] {
    ++ticks;
    return true;
  });
  ASSERT_TRUE(keeper.ensure().ok());
  ASSERT_TRUE(eventually([&] { return ticks > 0; }));
  const std::int64_t before = ticks, begun_ns = hal::monotonic_now_ns();
  ASSERT_TRUE(eventually([&] {
    keeper.wake();
    return ticks > before + 20;
  }));
  EXPECT_GE(hal::monotonic_now_ns() - begun_ns, 20 * 10'000'000);
}

}  // namespace
}  // namespace refwave::engine
